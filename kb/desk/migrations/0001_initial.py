import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import kb.dates.fields
import kb.text.clean
import kb.text.slugs


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("public_id", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("document", models.JSONField()),
                (
                    "taken_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Actor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=kb.text.slugs.public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("person", "person"),
                            ("organisation", "organisation"),
                            ("publication", "publication"),
                            ("government", "government body"),
                            ("product", "product or model"),
                            ("project", "project"),
                            ("group", "group"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=200, validators=[kb.text.clean.validate_line]),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. Only what sources support.",
                        validators=[kb.text.clean.validate_text],
                    ),
                ),
                (
                    "wikidata",
                    models.CharField(blank=True, max_length=16, verbose_name="Wikidata id"),
                ),
                (
                    "website",
                    models.CharField(
                        blank=True, max_length=2048, validators=[kb.text.clean.validate_url]
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "part_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="For a product, project or unit: whose it is.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="desk.actor",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ActorName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=200, validators=[kb.text.clean.validate_line]),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True, help_text="BCP 47, such as zh-Hans.", max_length=35
                    ),
                ),
                (
                    "name_kind",
                    models.CharField(
                        choices=[
                            ("alias", "also called"),
                            ("original", "in the original language"),
                            ("former", "formerly"),
                        ],
                        default="alias",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="other_names",
                        to="desk.actor",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Affiliation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(max_length=120, validators=[kb.text.clean.validate_line]),
                ),
                ("since", kb.dates.fields.FuzzyDateField(blank=True, companions=False)),
                (
                    "since_phrase",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=200, verbose_name="as the source words it"
                    ),
                ),
                (
                    "since_zone",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=40, verbose_name="time zone"
                    ),
                ),
                ("since_earliest", kb.dates.fields.BoundField(of="since")),
                ("since_latest", kb.dates.fields.BoundField(of="since")),
                ("until", kb.dates.fields.FuzzyDateField(blank=True, companions=False)),
                (
                    "until_phrase",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=200, verbose_name="as the source words it"
                    ),
                ),
                (
                    "until_zone",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=40, verbose_name="time zone"
                    ),
                ),
                ("until_earliest", kb.dates.fields.BoundField(of="until")),
                ("until_latest", kb.dates.fields.BoundField(of="until")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="desk.actor",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="affiliations",
                        to="desk.actor",
                    ),
                ),
            ],
            options={
                "ordering": ["person", "since_earliest", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=kb.text.slugs.public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "title",
                    models.CharField(max_length=200, validators=[kb.text.clean.validate_line]),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True, help_text="Markdown.", validators=[kb.text.clean.validate_text]
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=kb.text.slugs.public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "title",
                    models.CharField(max_length=200, validators=[kb.text.clean.validate_line]),
                ),
                ("happened", kb.dates.fields.FuzzyDateField(blank=True, companions=False)),
                (
                    "happened_phrase",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=200, verbose_name="as the source words it"
                    ),
                ),
                (
                    "happened_zone",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=40, verbose_name="time zone"
                    ),
                ),
                ("happened_earliest", kb.dates.fields.BoundField(of="happened")),
                ("happened_latest", kb.dates.fields.BoundField(of="happened")),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("undisputed", "undisputed"),
                            ("one_party", "one party's account"),
                            ("reported", "reported"),
                            ("announced", "announced"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True, help_text="Markdown.", validators=[kb.text.clean.validate_text]
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incidents",
                    models.ManyToManyField(blank=True, related_name="events", to="desk.incident"),
                ),
            ],
            options={
                "ordering": ["happened_earliest", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("acted", "acted"),
                            ("affected", "was affected"),
                            ("reported", "reported it"),
                            ("regulated", "regulated"),
                            ("announced", "announced it"),
                            ("involved", "was involved"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="desk.actor",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="desk.event",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="event",
            name="actors",
            field=models.ManyToManyField(
                related_name="events", through="desk.Participation", to="desk.actor"
            ),
        ),
        migrations.CreateModel(
            name="Proposition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=kb.text.slugs.public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "text",
                    models.CharField(max_length=300, validators=[kb.text.clean.validate_line]),
                ),
                (
                    "aspect",
                    models.CharField(
                        choices=[
                            ("fact", "whether it is so"),
                            ("date", "when it was"),
                            ("reason", "why it was"),
                        ],
                        default="fact",
                        max_length=10,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "events",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The events that are contested when the stances differ.",
                        related_name="propositions",
                        to="desk.event",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="propositions",
                        to="desk.incident",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("target", models.CharField(db_index=True, max_length=12)),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="references",
                        to="desk.snapshot",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=kb.text.slugs.public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "source_kind",
                    models.CharField(
                        choices=[
                            ("article", "article"),
                            ("document", "document"),
                            ("post", "post"),
                            ("filing", "filing"),
                            ("interview", "interview"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "title",
                    models.CharField(max_length=300, validators=[kb.text.clean.validate_line]),
                ),
                (
                    "url",
                    models.CharField(
                        blank=True,
                        help_text="May be empty: a source need not be on the web.",
                        max_length=2048,
                        validators=[kb.text.clean.validate_url],
                    ),
                ),
                (
                    "byline",
                    models.CharField(
                        blank=True, max_length=200, validators=[kb.text.clean.validate_line]
                    ),
                ),
                ("published", kb.dates.fields.FuzzyDateField(blank=True, companions=False)),
                (
                    "published_phrase",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=200, verbose_name="as the source words it"
                    ),
                ),
                (
                    "published_zone",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=40, verbose_name="time zone"
                    ),
                ),
                ("published_earliest", kb.dates.fields.BoundField(of="published")),
                ("published_latest", kb.dates.fields.BoundField(of="published")),
                (
                    "language",
                    models.CharField(blank=True, help_text="BCP 47, such as en.", max_length=35),
                ),
                ("accessed_on", models.DateField(blank=True, null=True)),
                (
                    "archive_url",
                    models.CharField(
                        blank=True, max_length=2048, validators=[kb.text.clean.validate_url]
                    ),
                ),
                ("archived_on", models.DateField(blank=True, null=True)),
                (
                    "derivation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("translation", "translation"),
                            ("wire_copy", "wire copy"),
                            ("rewrite", "rewrite"),
                            ("first_reported_by", "first reported by"),
                            ("own_reporting", "own reporting"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True, validators=[kb.text.clean.validate_text])),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "derives_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="derived",
                        to="desk.source",
                    ),
                ),
                (
                    "publisher",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published",
                        to="desk.actor",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=kb.text.slugs.public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "speaker_label",
                    models.CharField(
                        blank=True, max_length=200, validators=[kb.text.clean.validate_line]
                    ),
                ),
                (
                    "attribution",
                    models.CharField(
                        choices=[
                            ("named", "named speaker"),
                            ("unnamed", "unnamed speaker"),
                            ("document", "document"),
                            ("account", "account of an organisation"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "role_as_of",
                    models.CharField(
                        blank=True, max_length=120, validators=[kb.text.clean.validate_line]
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True, max_length=120, validators=[kb.text.clean.validate_line]
                    ),
                ),
                ("said", kb.dates.fields.FuzzyDateField(blank=True, companions=False)),
                (
                    "said_phrase",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=200, verbose_name="as the source words it"
                    ),
                ),
                (
                    "said_zone",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=40, verbose_name="time zone"
                    ),
                ),
                ("said_earliest", kb.dates.fields.BoundField(of="said")),
                ("said_latest", kb.dates.fields.BoundField(of="said")),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("verbatim", "quotation"),
                            ("paraphrase", "paraphrase"),
                            ("document", "document"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "wording",
                    models.CharField(
                        choices=[
                            ("original", "original wording"),
                            ("translated", "translated"),
                            ("back_translated", "translated and translated back"),
                        ],
                        default="original",
                        max_length=16,
                    ),
                ),
                (
                    "headline",
                    models.CharField(max_length=200, validators=[kb.text.clean.validate_line]),
                ),
                ("text", models.TextField(blank=True, validators=[kb.text.clean.validate_text])),
                ("language", models.CharField(default="en", max_length=35)),
                (
                    "original_text",
                    models.TextField(blank=True, validators=[kb.text.clean.validate_text]),
                ),
                ("original_language", models.CharField(blank=True, max_length=35)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("said", "said"),
                            ("declined", "declined to comment"),
                            ("no_reply", "did not reply"),
                        ],
                        default="said",
                        max_length=10,
                    ),
                ),
                (
                    "about",
                    models.ManyToManyField(blank=True, related_name="statements", to="desk.event"),
                ),
                (
                    "addressees",
                    models.ManyToManyField(
                        blank=True, related_name="statements_to", to="desk.actor"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "in_reply_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="desk.statement",
                    ),
                ),
                (
                    "incidents",
                    models.ManyToManyField(
                        blank=True, related_name="statements", to="desk.incident"
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements_for",
                        to="desk.actor",
                    ),
                ),
                (
                    "speaker",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty when the source does not name anybody: then say how it calls them.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="desk.actor",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["said_earliest", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Stance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.CharField(
                        choices=[
                            ("reports", "reports"),
                            ("alleges", "alleges"),
                            ("asserts", "asserts"),
                            ("denies", "denies"),
                            ("confirms", "confirms"),
                            ("confirms_in_part", "confirms in part"),
                            ("undecided", "undecided"),
                            ("does_not_address", "does not address"),
                            ("declined", "declined to comment"),
                            ("no_reply", "did not reply"),
                        ],
                        max_length=20,
                    ),
                ),
                ("dated", kb.dates.fields.FuzzyDateField(blank=True, companions=False)),
                (
                    "dated_phrase",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=200, verbose_name="as the source words it"
                    ),
                ),
                (
                    "dated_zone",
                    kb.dates.fields.PhraseField(
                        blank=True, max_length=40, verbose_name="time zone"
                    ),
                ),
                ("dated_earliest", kb.dates.fields.BoundField(of="dated")),
                ("dated_latest", kb.dates.fields.BoundField(of="dated")),
                ("note", models.TextField(blank=True, validators=[kb.text.clean.validate_text])),
                (
                    "proposition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stances",
                        to="desk.proposition",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stances",
                        to="desk.source",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stances",
                        to="desk.statement",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "exact",
                    models.TextField(
                        blank=True,
                        help_text="As the source prints them; a short passage.",
                        validators=[kb.text.clean.validate_text],
                        verbose_name="exact words",
                    ),
                ),
                (
                    "locator",
                    models.CharField(
                        blank=True,
                        help_text="Paragraph, page or time: “paragraph 17”.",
                        max_length=80,
                        validators=[kb.text.clean.validate_line],
                    ),
                ),
                (
                    "bearing",
                    models.CharField(
                        choices=[
                            ("supports", "supports"),
                            ("disputes", "disputes"),
                            ("mentions", "mentions"),
                        ],
                        default="supports",
                        max_length=10,
                    ),
                ),
                ("note", models.TextField(blank=True, validators=[kb.text.clean.validate_text])),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="citations",
                        to="desk.event",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="desk.source",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="citations",
                        to="desk.statement",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=kb.text.slugs.public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=80, validators=[kb.text.clean.validate_line])),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddField(
            model_name="statement",
            name="topics",
            field=models.ManyToManyField(blank=True, related_name="statements", to="desk.topic"),
        ),
        migrations.AddField(
            model_name="event",
            name="topics",
            field=models.ManyToManyField(blank=True, related_name="events", to="desk.topic"),
        ),
        migrations.AddConstraint(
            model_name="actor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "actor_kind__in",
                        [
                            "person",
                            "organisation",
                            "publication",
                            "government",
                            "product",
                            "project",
                            "group",
                        ],
                    )
                ),
                name="desk_actor_actor_kind_known",
                violation_error_message="Choose the actor_kind from: person, organisation, publication, government, product, project, group.",
            ),
        ),
        migrations.AddConstraint(
            model_name="actorname",
            constraint=models.UniqueConstraint(
                fields=("actor", "name"),
                name="desk_actorname_once",
                violation_error_message="This actor already has that name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="actorname",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_kind__in", ["alias", "original", "former"])),
                name="desk_actorname_name_kind_known",
                violation_error_message="Choose the name_kind from: alias, original, former.",
            ),
        ),
        migrations.AddConstraint(
            model_name="affiliation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since_earliest__isnull", True),
                    ("since_latest__isnull", True),
                    ("since_earliest__lte", models.F("since_latest")),
                    _connector="OR",
                ),
                name="desk_affiliation_since_earliest_not_after_latest",
                violation_error_message="The first day of a date cannot be after its last.",
            ),
        ),
        migrations.AddConstraint(
            model_name="affiliation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_earliest__isnull", True),
                    ("until_latest__isnull", True),
                    ("until_earliest__lte", models.F("until_latest")),
                    _connector="OR",
                ),
                name="desk_affiliation_until_earliest_not_after_latest",
                violation_error_message="The first day of a date cannot be after its last.",
            ),
        ),
        migrations.AddConstraint(
            model_name="affiliation",
            constraint=models.CheckConstraint(
                condition=models.Q(("person", models.F("organisation")), _negated=True),
                name="desk_affiliation_not_with_oneself",
                violation_error_message="A person cannot be affiliated with themselves.",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                fields=("event", "actor", "role"),
                name="desk_participation_once",
                violation_error_message="This actor already has that role in the event.",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        ["acted", "affected", "reported", "regulated", "announced", "involved"],
                    )
                ),
                name="desk_participation_role_known",
                violation_error_message="Choose the role from: acted, affected, reported, regulated, announced, involved.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposition",
            constraint=models.CheckConstraint(
                condition=models.Q(("aspect__in", ["fact", "date", "reason"])),
                name="desk_proposition_aspect_known",
                violation_error_message="Choose the aspect from: fact, date, reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reference",
            constraint=models.UniqueConstraint(
                fields=("snapshot", "target"), name="desk_reference_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(
                condition=models.Q(("url", ""), _negated=True),
                fields=("url",),
                name="desk_source_url_once",
                violation_error_message="This address is on the desk already: use that source.",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source_kind__in", ["article", "document", "post", "filing", "interview"])
                ),
                name="desk_source_source_kind_known",
                violation_error_message="Choose the source_kind from: article, document, post, filing, interview.",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_earliest__isnull", True),
                    ("published_latest__isnull", True),
                    ("published_earliest__lte", models.F("published_latest")),
                    _connector="OR",
                ),
                name="desk_source_published_earliest_not_after_latest",
                violation_error_message="The first day of a date cannot be after its last.",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("derives_from", None),
                    models.Q(("derives_from", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="desk_source_not_from_itself",
                violation_error_message="A source cannot derive from itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="stance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", None), ("statement__isnull", False)),
                    models.Q(("source__isnull", False), ("statement", None)),
                    _connector="OR",
                ),
                name="desk_stance_of_one_voice",
                violation_error_message="A stance is taken by one statement or by one source.",
            ),
        ),
        migrations.AddConstraint(
            model_name="stance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "position__in",
                        [
                            "reports",
                            "alleges",
                            "asserts",
                            "denies",
                            "confirms",
                            "confirms_in_part",
                            "undecided",
                            "does_not_address",
                            "declined",
                            "no_reply",
                        ],
                    )
                ),
                name="desk_stance_position_known",
                violation_error_message="Choose the position from: reports, alleges, asserts, denies, confirms, confirms_in_part, undecided, does_not_address, declined, no_reply.",
            ),
        ),
        migrations.AddConstraint(
            model_name="stance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dated_earliest__isnull", True),
                    ("dated_latest__isnull", True),
                    ("dated_earliest__lte", models.F("dated_latest")),
                    _connector="OR",
                ),
                name="desk_stance_dated_earliest_not_after_latest",
                violation_error_message="The first day of a date cannot be after its last.",
            ),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("event", None), ("statement__isnull", False)),
                    models.Q(("event__isnull", False), ("statement", None)),
                    _connector="OR",
                ),
                name="desk_citation_of_one_entry",
                violation_error_message="A citation belongs to one event or to one statement.",
            ),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.CheckConstraint(
                condition=models.Q(("bearing__in", ["supports", "disputes", "mentions"])),
                name="desk_citation_bearing_known",
                violation_error_message="Choose the bearing from: supports, disputes, mentions.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("speaker", None), _negated=True),
                    models.Q(("speaker_label", ""), _negated=True),
                    _connector="OR",
                ),
                name="desk_statement_has_a_voice",
                violation_error_message="Name the speaker, or write what the source calls them.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "said"), _negated=True),
                    models.Q(("text", ""), _negated=True),
                    _connector="OR",
                ),
                name="desk_statement_said_something",
                violation_error_message="Enter the words, or choose another outcome.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("attribution__in", ["named", "unnamed", "document", "account"])
                ),
                name="desk_statement_attribution_known",
                violation_error_message="Choose the attribution from: named, unnamed, document, account.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["verbatim", "paraphrase", "document"])),
                name="desk_statement_form_known",
                violation_error_message="Choose the form from: verbatim, paraphrase, document.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("wording__in", ["original", "translated", "back_translated"])),
                name="desk_statement_wording_known",
                violation_error_message="Choose the wording from: original, translated, back_translated.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["said", "declined", "no_reply"])),
                name="desk_statement_outcome_known",
                violation_error_message="Choose the outcome from: said, declined, no_reply.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("said_earliest__isnull", True),
                    ("said_latest__isnull", True),
                    ("said_earliest__lte", models.F("said_latest")),
                    _connector="OR",
                ),
                name="desk_statement_said_earliest_not_after_latest",
                violation_error_message="The first day of a date cannot be after its last.",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("standing__in", ["undisputed", "one_party", "reported", "announced"])
                ),
                name="desk_event_standing_known",
                violation_error_message="Choose the standing from: undisputed, one_party, reported, announced.",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("happened_earliest__isnull", True),
                    ("happened_latest__isnull", True),
                    ("happened_earliest__lte", models.F("happened_latest")),
                    _connector="OR",
                ),
                name="desk_event_happened_earliest_not_after_latest",
                violation_error_message="The first day of a date cannot be after its last.",
            ),
        ),
    ]
