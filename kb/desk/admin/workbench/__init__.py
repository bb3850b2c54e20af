"""The workbench of a source: its text on one side, the fact that is made from it on the other."""
