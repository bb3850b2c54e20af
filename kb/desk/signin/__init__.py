"""Signing in to the desk, with django-allauth.

This package chooses the pages of allauth, decides who needs a second factor and when a session
ends, and keeps a form that was sent after the session ended.
"""
