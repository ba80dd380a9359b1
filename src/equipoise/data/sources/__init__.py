"""The kinds of data that can be opened, one file a kind."""
