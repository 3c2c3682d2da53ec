"""Tables of the register. Claims are append-only (see triggers); everything else explains them."""

from django.db import models


class Release(models.Model):
    """One edition of a source as it was taken in."""

    name = models.CharField(max_length=120, unique=True)
    source = models.CharField(max_length=40, db_index=True)
    published = models.DateField()
    data_cut = models.DateField()
    complete = models.BooleanField()
    layout = models.CharField(max_length=80)
    file = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    licence = models.CharField(max_length=120)
    licence_confirmed = models.BooleanField()
    citation = models.TextField()
    covered = models.TextField(blank=True, default="")  # the fields it could state, joined by ';'
    recorded = models.BigIntegerField(default=0)  # log position once it was taken in
    withdrawn = models.TextField(blank=True, default="")  # the reason, where it was withdrawn
    mapping = models.ForeignKey("ListMapping", null=True, on_delete=models.PROTECT)  # that read it
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT,
                               related_name="undone_by")  # the import that this one took back
    taken_in = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("published", "data_cut", "name")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(data_cut__lte=models.F("published")),
                name="release_cut_not_after_published",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ListMapping(models.Model):
    """How a list of somebody's own is read: the mapping file as it was kept; the newest counts."""

    source = models.CharField(max_length=40, db_index=True)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    kept = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.source} {self.sha256[:8]}"


class Record(models.Model):
    """One row of a source, for good: its id never changes and is never used again."""

    id = models.CharField(primary_key=True, max_length=200)  # source:key
    source = models.CharField(max_length=40, db_index=True)
    printed_key = models.CharField(max_length=180)
    project = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.id


class Listing(models.Model):
    """A release listed a record: a sighting, not progress. `part` tells rows of one id apart."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="listings")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="listings")
    part = models.TextField(blank=True)
    kept = models.TextField(blank=True, default="")  # fields it said nothing of, joined by ';'

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("release", "record"), name="listed_once"),
        )

    def __str__(self) -> str:
        return f"{self.record_id} in {self.release_id}"


class Claim(models.Model):
    """One source's word on one field of one record. Columns as in history.claims."""

    claim = models.BigIntegerField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="claims",
                               db_column="record")
    field = models.CharField(max_length=80)
    value_text = models.TextField(null=True)  # noqa: DJ001 - null is 'no text value', '' is text
    value_number = models.FloatField(null=True)
    value_date = models.DateField(null=True)
    precision = models.CharField(max_length=8, null=True)  # noqa: DJ001
    unit = models.CharField(max_length=40, null=True)  # noqa: DJ001
    raw = models.TextField(null=True)  # noqa: DJ001
    place = models.TextField(null=True)  # noqa: DJ001
    happened_earliest = models.DateField(null=True)
    happened_latest = models.DateField(null=True)
    known = models.DateField()
    grade = models.SmallIntegerField()
    source = models.CharField(max_length=40, db_index=True)
    release = models.CharField(max_length=120, db_index=True)
    publisher = models.TextField(null=True)  # noqa: DJ001
    evidence = models.TextField(null=True)  # noqa: DJ001
    visibility = models.CharField(max_length=12, default="public")
    kind = models.CharField(max_length=16)
    supersedes = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(grade__gte=1, grade__lte=6),
                                   name="claim_grade_1_to_6"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["statement", "cleared", "not_applicable",
                                             "correction", "withdrawal"]),
                name="claim_kind_known"),
            models.CheckConstraint(condition=models.Q(visibility__in=["public", "confidential"]),
                                   name="claim_visibility_known"),
            models.CheckConstraint(
                condition=models.Q(happened_earliest__isnull=True)
                | models.Q(happened_latest__isnull=True)
                | models.Q(happened_earliest__lte=models.F("happened_latest")),
                name="claim_happened_in_order"),
            models.CheckConstraint(
                condition=~models.Q(kind="withdrawal") | models.Q(supersedes__isnull=False),
                name="claim_withdrawal_names_its_claim"),
        )

    def __str__(self) -> str:
        return f"{self.claim} {self.record_id} {self.field}"


class Evidence(models.Model):
    """What a source's reference label stands for, a URL or a citation, with a quote if any."""

    source = models.CharField(max_length=40)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="evidence")
    label = models.CharField(max_length=40)
    text = models.TextField()
    quote = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("release", "label"), name="evidence_label_once"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.label}"


class Finding(models.Model):
    """A cell that was not taken as it stands."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=40)
    sheet = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200)
    value = models.TextField()
    why = models.TextField()
    accepted = models.TextField()

    def __str__(self) -> str:
        return f"{self.kind} row {self.row}"


class ReviewItem(models.Model):
    """Something a person must look at before it is believed."""

    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT,
                                related_name="reviews")  # null: a proposal, from no release
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=180)
    text = models.TextField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.source}:{self.key}"


class Judgement(models.Model):
    """What a person decided on a review item: who, when, why. The newest one counts."""

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=20)  # accepted | rejected | unsure | reopened
    reason = models.TextField()
    by = models.CharField(max_length=120)
    made = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.verdict} on {self.item_id}"


class Proposal(models.Model):
    """Facts that a text seems to state, read by rule; no claim until a person accepts it."""

    item = models.OneToOneField(ReviewItem, on_delete=models.PROTECT, related_name="proposal")
    url = models.TextField(blank=True)
    told = models.DateField()  # the day the text was published
    sha256 = models.CharField(max_length=64, unique=True)  # of the text, which is not kept
    quote = models.TextField()
    body = models.JSONField()  # what it proposes, with positions in the text
    accepted_as = models.ForeignKey(Release, null=True, on_delete=models.PROTECT,
                                    related_name="proposals")

    def __str__(self) -> str:
        return f"proposal {self.item_id}"


class Visit(models.Model):
    """Until where in the log somebody has seen the changes."""

    who = models.CharField(max_length=120, db_index=True)
    position = models.BigIntegerField()
    known = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.who} at {self.position}"


class Package(models.Model):
    """A numbered release of the register itself: frozen, checked by people, then public."""

    name = models.CharField(max_length=20, unique=True)  # 2026.1
    known = models.DateField()  # as known on this day
    position = models.BigIntegerField()  # as the log stood at this position
    definition_version = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="draft")
    embargo_until = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64)  # of the package's list of checksums
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT,
                                 related_name="following")
    built = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("known", "position", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "review", "signed", "embargoed", "public"]),
                name="package_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="embargoed") | models.Q(embargo_until__isnull=False),
                name="package_embargo_has_an_end"),
        )

    def __str__(self) -> str:
        return self.name


class PackageStep(models.Model):
    """A package came into a state: by whom, when, with which words."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=12)
    by = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.package_id} {self.state}"


class PackageReview(models.Model):
    """Somebody asked to look at a package by a link that only they have; the token is not kept."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.CharField(max_length=120)
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    verdict = models.CharField(max_length=12, blank=True)  # '' not yet, approved, objected
    comment = models.TextField(blank=True)
    invited = models.DateTimeField(auto_now_add=True)
    answered = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.package_id}"


class ErrorReport(models.Model):
    """What a reader of the site reports as wrong; a review item that people judge."""

    item = models.OneToOneField(ReviewItem, on_delete=models.PROTECT, related_name="error_report")
    page = models.CharField(max_length=300)
    contact = models.CharField(max_length=254, blank=True)  # never shown on the site
    made = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"report {self.item_id}"
