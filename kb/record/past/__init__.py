"""The record as this site had published it: at the end of a day, or at a moment."""

PAST_FOLDER = "past"  # in KB_DATA_DIR
