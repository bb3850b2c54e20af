"""The record as this site had published it: at the end of a day, or at a moment."""
