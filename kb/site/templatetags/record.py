"""Placeholder until the reader's template tags are written."""

from django import template

register = template.Library()
