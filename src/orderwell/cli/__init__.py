"""The command line: the same requests as every other face, for people at a terminal and for scripts."""
