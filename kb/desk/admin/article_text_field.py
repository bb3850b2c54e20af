"""The form field of the pasted text of a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.text.article_text import MAX_ARTICLE_LENGTH, stored_article
from kb.text.clean import TextError

# Reading and replacing the private texts of sources.
USE_PERMISSION = "desk.use_source_text"


class ArticleTextField(forms.CharField):
    """The text of an article. Its value is as ``stored_article`` returns it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 16, "class": "vLargeTextField article-text"})
        super().__init__(
            label=gettext_lazy("Text of the source"),
            max_length=MAX_ARTICLE_LENGTH,
            widget=widget,
            help_text=gettext_lazy(
                "Paste the article. Each line becomes a paragraph. The text is private to the "
                "desk: it is never published or exported."
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            body = stored_article(text)
        except TextError as problem:
            raise ValidationError(str(problem)) from problem
        if not body and self.required:
            raise ValidationError(_("Enter the text."))
        return body
