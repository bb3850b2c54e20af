"""What is typed in forms is read alike in both languages: only these formats differ from Django's.

``settings.FORMAT_MODULE_PATH`` names the package; formats that are not here are Django's Chinese.
"""

from django.conf.locale.en import formats as english

DATE_INPUT_FORMATS = english.DATE_INPUT_FORMATS
TIME_INPUT_FORMATS = english.TIME_INPUT_FORMATS
DATETIME_INPUT_FORMATS = english.DATETIME_INPUT_FORMATS
