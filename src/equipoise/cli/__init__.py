"""The command line: each file is one verb, which parses, calls and prints."""
