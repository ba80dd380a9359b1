"""Which way of conditioning makes a GAN obey its labels?"""
