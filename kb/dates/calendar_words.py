"""The English names of months and weekdays, and how they are shortened."""

_MONTH_WORDS = (
    "january jan",
    "february feb",
    "march mar",
    "april apr",
    "may",
    "june jun",
    "july jul",
    "august aug",
    "september sept sep",
    "october oct",
    "november nov",
    "december dec",
)
MONTHS = {
    name: number for number, names in enumerate(_MONTH_WORDS, start=1) for name in names.split()
}
MONTH_NAMES = {number: names.split()[0] for number, names in enumerate(_MONTH_WORDS, start=1)}

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY_WORDS = {name[:length]: n for n, name in enumerate(WEEKDAYS) for length in (3, 4, 5, 9)}
