"""The tables of lines on the workbench, as a browser without a script reads and sends them."""

from __future__ import annotations

from django.urls import reverse

from tests.desk.admin_forms import fields_of


def url(source):
    return reverse("admin:desk_source_workbench", args=[source.pk])


class Table:
    """The form of the lines as a browser without a script has it."""

    def __init__(self, client, source, response=None):
        self.client, self.source = client, source
        self.read(response or client.get(url(source)))

    def read(self, response):
        self.response, self.fields = response, fields_of(response)
        self.page = response.content.decode()

    @property
    def new(self):
        return self.new_of("statement")

    def new_of(self, kind):
        start = f"line-{kind}-new-"
        keys = {name.split("-")[3] for name in self.fields if name.startswith(start)}
        return [f"{kind}-new-{key}" for key in sorted(keys, key=self.page.index)]

    def put(self, key, **cells):
        for name, value in cells.items():
            self.fields[f"line-{key}-{name}"] = value

    def value(self, key, name):
        return self.fields[f"line-{key}-{name}"]

    def send_only(self, key, **buttons):
        """What the script sends: the fields of one line."""
        own = f"line-{key}-"
        self.fields = {
            name: value
            for name, value in self.fields.items()
            if not name.startswith("line-") or name.startswith(own)
        }
        return self.send(**buttons)

    def send(self, **buttons):
        keys = dict.fromkeys(
            name.removeprefix("line-").rpartition("-")[0]
            for name in self.fields
            if name.startswith("line-")
        )
        data = {**self.fields, "line": list(keys), **(buttons or {"_save_lines": "1"})}
        data.pop("make", None)
        response = self.client.post(url(self.source), data, follow=True)
        self.read(response)
        return response
