"""The definitions that the method page shows: the rules' words, as docs/measures.md has them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

VERDICTS = {
    "eligible": gettext_noop(
        "it serves one of the six sectors, by a low-carbon route, at commercial scale"),
    "asset_base": gettext_noop(
        "it comes from a source of existing plants, or its route is conventional"),
    "out_of_scope": gettext_noop(
        "it serves none of the six sectors; or its route is not counted; or it is a laboratory "
        "rig, a pilot or a demonstration; or it is below commercial scale"),
    "undecided": gettext_noop(
        "sector, route, size or the share of hydrogen for the six sectors is not stated"),
}
LABELS = {
    "signalled": gettext_noop("intent without a named site"),
    "announced": gettext_noop("stage announced, concept, feasibility or feed"),
    "at_fid": gettext_noop("stage committed, construction or commissioning"),
    "operating": gettext_noop("in commercial operation"),
    "closed": gettext_noop("closed or decommissioned"),
    "paused": gettext_noop("so told by a source"),
    "cancelled": gettext_noop("so told by a source"),
    "stopped": gettext_noop("its source merges paused, cancelled and closed"),
    "lost": gettext_noop("its source no longer lists it; never read as cancelled"),
    "merged": gettext_noop("continued as part of another project"),
    "no_stage": gettext_noop("its source gives no stage"),
}
MEASURES = {
    "has_reached_fid": (
        gettext_noop("Has reached FID (ever)"),
        gettext_noop("a decision is dated, stated or implied at any time; not the same as At "
                     "FID")),
    "new_announced": (
        gettext_noop("New: announced in the period"),
        gettext_noop("a dated announcement that happened inside it")),
    "new_late_discovery": (
        gettext_noop("New: late discoveries"),
        gettext_noop("first known inside it, announced before the previous cut, or already at FID "
                     "or beyond when first listed")),
    "new_listed_undated": (
        gettext_noop("New: newly listed, announcement undated"),
        gettext_noop("first known inside it, with no announcement date")),
    "taken_in": (
        gettext_noop("Taken in with a source's first release (not flow)"),
        gettext_noop("opening stock of that source")),
    "progressing_reported": (
        gettext_noop("Progressing, tracker-reported"),
        gettext_noop("a source moved the stage up inside the period, nothing of equal or higher "
                     "rank fell, and the project is still before FID")),
    "progressing_evidenced": (
        gettext_noop("Progressing, evidenced"),
        gettext_noop("a gate rose to level 2 (evidence grade 4 or better) or to level 3 (grade 3 "
                     "or better); printed with the number assessed")),
    "reached_fid_stated": (
        gettext_noop("Reached FID, stated"),
        gettext_noop("a dated decision; or financial close, which bounds it from above; or a "
                     "source's own FID status, which proves one inside its interval")),
    "reached_fid_implied": (
        gettext_noop("Reached FID, implied"),
        gettext_noop("construction or later in a source that told of no FID: after the last word "
                     "of an earlier stage, by the first of the later one")),
    "reversed": (
        gettext_noop("Reversed"),
        gettext_noop("back from FID or later, as told by an owner, a court, a lender or the press; "
                     "a tracker's demotion is a corrected status")),
}
LINES = {
    "taken_in": (
        gettext_noop("taken in with a source's first release (opening stock, not flow)"),
        gettext_noop("its source's first release listed it")),
    "newly_announced": (
        gettext_noop("newly announced"),
        gettext_noop("first listed, with an announcement dated after the previous cut")),
    "late_discovery": (
        gettext_noop("late discoveries"),
        gettext_noop("first listed, announced by the previous cut, or already at FID or beyond")),
    "newly_listed_undated": (
        gettext_noop("newly listed, announcement undated"),
        gettext_noop("first listed, and neither of the two")),
    "advanced_in": (
        gettext_noop("advanced in"), gettext_noop("it came from an earlier label")),
    "advanced_out": (
        gettext_noop("advanced out"), gettext_noop("it went on to a later label")),
    "moved_back_out": (
        gettext_noop("moved back out"),
        gettext_noop("it went back to an earlier label, no decision being undone")),
    "moved_back_in": (
        gettext_noop("moved back in"),
        gettext_noop("it came back from a later label, no decision being undone")),
    "paused": (gettext_noop("paused"), gettext_noop("a source tells so")),
    "resumed": (
        gettext_noop("resumed"), gettext_noop("it was paused or stopped, and goes on")),
    "cancelled": (gettext_noop("cancelled"), gettext_noop("a source tells so")),
    "revived": (
        gettext_noop("revived"), gettext_noop("it was cancelled or closed, and goes on")),
    "stopped": (
        gettext_noop("paused, cancelled or closed (the source does not say which)"),
        gettext_noop("a source tells so")),
    "closed": (gettext_noop("closed"), gettext_noop("a source tells so")),
    "lost": (
        gettext_noop("lost (dropped by its source)"),
        gettext_noop("its source's newest edition leaves it out")),
    "relisted": (gettext_noop("relisted"), gettext_noop("it was lost, and is listed again")),
    "reversed": (
        gettext_noop("reversed (owner, court, lender or press)"),
        gettext_noop("a decision is undone, at evidence grade 4 or better")),
    "restated": (
        gettext_noop("restated (reclassified, status corrected, capacity edited)"),
        gettext_noop("no real movement: a tracker corrects a status, a record changes its group or "
                     "gains or loses a stage, a capacity is edited")),
    "scope": (
        gettext_noop("scope (enters or leaves eligibility)"), gettext_noop("its verdict changed")),
    "merged_split": (
        gettext_noop("merged or split"),
        gettext_noop("it became part of another project, or left it")),
}
RULES = {
    "committed": gettext_noop("committed only (at FID and operating)"),
    "due_2030": gettext_noop("+ announced with a stated start by 2030"),
    "all_announced": gettext_noop("+ all announced (the published convention)"),
    "expected": gettext_noop("expected (weighted by the outlook)"),
}
