"""Signing in to the desk: password, second factor, how long it lasts, and what was typed meanwhile.

django-allauth does the signing in. Here is what this desk adds: which of its pages there are, who
must have a second factor, when a session ends, and a form that was sent after it ended.
"""
