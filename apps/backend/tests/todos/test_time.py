"""Zones, times of day, skipping, and changes of one of a series."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.todos.models import Todo
from app.todos.recurrence import next_due_date, normal_rule
from app.todos.repeating import series_after
from tests.chat.chatting import say, text_of
from tests.conftest import API
from tests.todos.test_recurrence import TODOS, add, all_of, days_when_ticked, open_one, tick

ME = f"{API}/auth/me"
FAR_EAST, FAR_WEST = "Pacific/Kiritimati", "Etc/GMT+12"
RULES = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTHDAY=15,31",
    "FREQ=MONTHLY;BYDAY=2TU,-1FR",
    "FREQ=YEARLY;BYMONTH=2,11",
]


def day_in(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date()


class TestZone:
    def test_account_keeps_the_zone(self, ann: TestClient) -> None:
        assert ann.get(ME).json()["time_zone"] == "UTC"
        assert ann.patch(ME, json={"time_zone": "Europe/Berlin"}).json()["time_zone"] == "Europe/Berlin"
        assert ann.get(ME).json()["time_zone"] == "Europe/Berlin"

    @pytest.mark.parametrize("zone", ["Moon/Tranquility", "", None, 5, "../../etc/passwd", "Europe"])
    def test_what_is_no_zone_is_refused(self, ann: TestClient, zone: object) -> None:
        answer = ann.patch(ME, json={"time_zone": zone})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:todo:problem:invalid-request")
        assert ann.get(ME).json()["time_zone"] == "UTC"

    @pytest.mark.parametrize("sent", [True, False])
    @pytest.mark.parametrize("zone", [FAR_EAST, FAR_WEST])
    def test_today_is_where_the_caller_is(self, ann: TestClient, zone: str, sent: bool) -> None:
        # Between these two zones there is always another day in one of them than in UTC.
        headers = {"X-Time-Zone": zone} if sent else {}
        if not sent:
            ann.patch(ME, json={"time_zone": zone})
        days = [day_in(zone) + timedelta(days=days) for days in (-1, 0, 1)]
        for title, day in zip(("overdue", "today", "upcoming"), days, strict=True):
            add(ann, title=title, due_date=day.isoformat())
        add(ann, title="none")
        found = {
            due: [todo["title"] for todo in ann.get(TODOS, params={"due": due}, headers=headers).json()]
            for due in ("overdue", "today", "upcoming", "none")
        }
        assert found == {due: [due] for due in found}, f"midnight passed? it is {datetime.now(ZoneInfo(zone))} there"

    def test_counts_are_of_every_kind(self, ann: TestClient, bob: TestClient) -> None:
        today = day_in(FAR_EAST)
        for days in (-2, -1, 0, 5):
            add(ann, due_date=(today + timedelta(days=days)).isoformat())
        tick(ann, add(ann)["id"])
        ann.delete(f"{TODOS}/{add(ann)['id']}")
        counts = ann.get(f"{TODOS}/counts", headers={"X-Time-Zone": FAR_EAST}).json()
        assert counts == {"open": 4, "overdue": 2, "today": 1, "upcoming": 1, "done": 1, "trash": 1}
        assert set(bob.get(f"{TODOS}/counts").json().values()) == {0}


class TestTime:
    def test_time_of_day_is_kept(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", due_time="09:05")
        assert (todo["due_time"], all_of(ann)) == ("09:05", [todo])

    @pytest.mark.parametrize("value", ["9:05", "24:00", "09:05:30", "noon", 905, ""])
    def test_bad_time_is_refused(self, ann: TestClient, value: object) -> None:
        body = {"title": "x", "due_date": "2030-01-31", "due_time": value}
        assert ann.post(TODOS, json=body).status_code == 422

    def test_time_needs_a_day(self, ann: TestClient) -> None:
        answer = ann.post(TODOS, json={"title": "x", "due_time": "09:00"})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:todo:problem:due-time-without-date")
        todo = add(ann)
        answer = ann.patch(f"{TODOS}/{todo['id']}", json={"due_time": "09:00"})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:todo:problem:due-time-without-date")
        assert all_of(ann) == [todo]

    def test_without_the_day_the_time_goes(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", due_time="09:00")
        changed = ann.patch(f"{TODOS}/{todo['id']}", json={"due_date": None}).json()
        assert (changed["due_date"], changed["due_time"]) == (None, None)

    def test_set_and_completed_at_once(self, ann: TestClient) -> None:
        todo = add(ann)
        changes = {"due_date": "2030-01-31", "due_time": "09:00", "recurrence": "FREQ=DAILY", "done": True}
        assert ann.patch(f"{TODOS}/{todo['id']}", json=changes).status_code == 200
        assert (open_one(ann)["due_date"], open_one(ann)["due_time"]) == ("2030-02-01", "09:00")

    def test_sorted_by_day_then_time(self, ann: TestClient) -> None:
        for title, values in {
            "last": {},
            "day": {"due_date": "2030-01-31"},
            "noon": {"due_date": "2030-01-31", "due_time": "12:00"},
            "morning": {"due_date": "2030-01-31", "due_time": "08:00"},
            "before": {"due_date": "2030-01-30", "due_time": "23:59"},
        }.items():
            add(ann, title=title, **values)
        expected = ["before", "morning", "noon", "day", "last"]
        params = {"sort": "due_date", "limit": "1"}
        found: list[str] = []
        while True:
            page = ann.get(TODOS, params=params)
            found += [todo["title"] for todo in page.json()]
            if "X-Next-Cursor" not in page.headers:
                break
            params["cursor"] = page.headers["X-Next-Cursor"]
        assert found == expected

    def test_overdue_by_the_time(self, ann: TestClient) -> None:
        zone = next(name for name in (FAR_EAST, "UTC", FAR_WEST) if 1 <= datetime.now(ZoneInfo(name)).hour < 23)
        now = datetime.now(ZoneInfo(zone))
        for title, hours in (("past", -1), ("coming", 1)):
            at = now + timedelta(hours=hours)
            add(ann, title=title, due_date=now.date().isoformat(), due_time=f"{at:%H:%M}")
        ann.headers["X-Time-Zone"] = zone
        overdue = ann.get(TODOS, params={"due": "overdue"}).json()
        assert [todo["title"] for todo in overdue] == ["past"]
        listed = text_of(say(ann, "what is overdue?"))
        assert listed.startswith("- past (due ")
        assert "coming" not in listed
        assert " 1 overdue, " in text_of(say(ann, "how many todos do I have?"))


class TestRules:
    @pytest.mark.parametrize(
        ("due", "rule", "expected"),
        [
            ("2030-01-04", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ["2030-01-07", "2030-01-08", "2030-01-09"]),
            ("2030-01-04", "FREQ=WEEKLY;INTERVAL=2", ["2030-01-18", "2030-02-01"]),
            ("2030-01-31", "FREQ=MONTHLY;BYMONTHDAY=-1", ["2030-02-28", "2030-03-31", "2030-04-30"]),
            ("2030-01-31", "FREQ=MONTHLY;BYMONTHDAY=31", ["2030-02-28", "2030-03-31", "2030-04-30"]),
            ("2030-01-25", "FREQ=MONTHLY;BYDAY=-1FR", ["2030-02-22", "2030-03-29"]),
        ],
    )
    def test_todo_comes_again_by_its_rule(self, ann: TestClient, due: str, rule: str, expected: list[str]) -> None:
        add(ann, due_date=due, recurrence=rule)
        assert days_when_ticked(ann, len(expected)) == expected
        assert open_one(ann)["recurrence"] == rule

    @pytest.mark.parametrize("word", ["daily", "weekly", "monthly", "yearly"])
    def test_words_of_the_first_releases_are_rules(self, ann: TestClient, sql: psycopg.Connection, word: str) -> None:
        assert add(ann, recurrence=word)["recurrence"] == f"FREQ={word.upper()}"
        # As old pods see and write it.
        assert sql.execute("SELECT recurrence, repeat_rule FROM todos").fetchall() == [(word, None)]
        ann.patch(f"{TODOS}/{open_one(ann)['id']}", json={"recurrence": "FREQ=DAILY;INTERVAL=2"})
        assert sql.execute("SELECT recurrence, repeat_rule FROM todos").fetchall() == [(None, "FREQ=DAILY;INTERVAL=2")]
        sql.execute("UPDATE todos SET recurrence = %s", [word])
        assert open_one(ann)["recurrence"] == f"FREQ={word.upper()}", "what an old pod wrote last is lost"

    @pytest.mark.parametrize(
        "rule",
        [
            "hourly",
            "FREQ=HOURLY",
            "FREQ=DAILY;COUNT=3",
            "FREQ=DAILY;FREQ=DAILY",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-31",
            "FREQ=DAILY;UNTIL=20301340",
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=MONTHLY;BYSETPOS=1",
            "INTERVAL=2",
            "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 100),
            "",
        ],
    )
    def test_what_is_no_rule_is_refused(self, ann: TestClient, rule: str) -> None:
        answer = ann.post(TODOS, json={"title": "x", "recurrence": rule})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:todo:problem:invalid-request")

    def test_rule_is_written_one_way(self) -> None:
        assert normal_rule("rrule:byday=mo,fr,mo;interval=1;freq=weekly") == "FREQ=WEEKLY;BYDAY=MO,FR"
        assert normal_rule("FREQ=DAILY;UNTIL=20300101T120000Z") == "FREQ=DAILY;UNTIL=20300101"

    def test_days_after_done_are_counted_from_the_day_of_completion(self, ann: TestClient) -> None:
        days = {day_in("UTC")}
        add(ann, due_date="2020-01-05", recurrence="FREQ=DAILY;INTERVAL=10", repeat_from="done")
        tick(ann, open_one(ann)["id"])
        days.add(day_in("UTC"))
        following = open_one(ann)
        assert date.fromisoformat(following["due_date"]) - timedelta(days=10) in days
        assert following["repeat_from"] == "done"

    def test_rule_that_is_over_adds_nothing(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=DAILY;UNTIL=20300131")
        tick(ann, todo["id"])
        assert [each["done"] for each in all_of(ann)] == [True]
        tick(ann, todo["id"], done=False)
        assert open_one(ann)["recurrence"] == "FREQ=DAILY;UNTIL=20300131"

    def test_time_that_has_passed_today_is_tomorrow(self) -> None:
        todo = Todo(due_date=date(2030, 1, 1), due_time=time(9), recurrence="FREQ=DAILY", repeat_from="due")
        due = {
            hour: following.due_date
            for hour in (8, 9, 15)
            if (following := series_after(todo, datetime(2030, 1, 5, hour)))
        }
        assert due == {8: date(2030, 1, 5), 9: date(2030, 1, 6), 15: date(2030, 1, 6)}

    @given(
        due=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
        today=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
        rule=st.sampled_from(RULES),
    )
    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    def test_next_one_is_later_and_never_in_the_past(self, due: date, today: date, rule: str) -> None:
        following = next_due_date(due, rule, earliest=today, anchor_day=due.day)
        assert following is not None
        assert following > due
        assert following >= today
        # What comes first is the same, however long ago the todo was due.
        step, steps = due, 0
        while (step < today or step == due) and steps < 60:
            step = next_due_date(step, rule, earliest=date.min, anchor_day=due.day) or date.max
            steps += 1
        assert steps == 60 or step == following


class TestSkip:
    def test_skipped_todo_is_due_at_its_next_time(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        days = [ann.post(f"{TODOS}/{todo['id']}/skip").json()["due_date"] for _ in range(3)]
        assert days == ["2030-02-28", "2030-03-31", "2030-04-30"]
        assert len(all_of(ann)) == 1

    def test_overdue_one_is_skipped_past_today(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2020-01-05", recurrence="FREQ=DAILY")
        before = datetime.now(UTC).date()
        assert date.fromisoformat(ann.post(f"{TODOS}/{todo['id']}/skip").json()["due_date"]) >= before

    def test_what_cannot_be_skipped_says_so(self, ann: TestClient) -> None:
        once = add(ann)
        over = add(ann, due_date="2030-01-31", recurrence="FREQ=DAILY;UNTIL=20300131")
        kinds = [ann.post(f"{TODOS}/{todo['id']}/skip").json()["type"] for todo in (once, over)]
        assert kinds == ["urn:todo:problem:not-repeating", "urn:todo:problem:recurrence-over"]

    def test_skip_of_a_version_that_is_over_is_refused(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        skip = f"{TODOS}/{todo['id']}/skip"
        assert [ann.post(skip, headers={"If-Match": '"1"'}).status_code for _ in range(2)] == [200, 412]
        assert open_one(ann)["due_date"] == "2030-02-28"


class TestScope:
    def edit(self, client: TestClient, todo: dict[str, Any], scope: str, **changes: object) -> None:
        answer = client.patch(f"{TODOS}/{todo['id']}", params={"scope": scope}, json=changes)
        assert answer.status_code == 200, answer.text

    def test_one_is_changed_alone(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        self.edit(ann, todo, "one", title="Only today", due_date="2030-02-01", recurrence="FREQ=DAILY")
        by_title = {each["title"]: (each["due_date"], each["recurrence"]) for each in all_of(ann)}
        assert by_title == {"Only today": ("2030-02-01", None), todo["title"]: ("2030-02-28", "FREQ=MONTHLY")}

    def test_all_that_follow_are_changed(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        self.edit(ann, todo, "all", title="From now on")
        tick(ann, todo["id"])
        assert {each["title"] for each in all_of(ann)} == {"From now on"}

    def test_one_that_does_not_repeat_is_changed(self, ann: TestClient) -> None:
        self.edit(ann, add(ann), "one", title="x")
        assert [each["title"] for each in all_of(ann)] == ["x"]

    def test_completing_one_adds_one(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        self.edit(ann, todo, "one", done=True)
        assert [(each["done"], each["due_date"]) for each in all_of(ann)] == [
            (False, "2030-02-28"),
            (True, "2030-01-31"),
        ]

    def test_one_that_was_changed_alone_rejoins(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-02-28", recurrence="FREQ=MONTHLY")
        first = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        tick(ann, first["id"])
        for repeating in (todo, open_ones(ann)[0]):
            self.edit(ann, repeating, "one", title="Only today", due_date="2030-02-01")
            self.edit(ann, repeating, "rejoin", title=repeating["title"], due_date=repeating["due_date"])
        assert [(each["due_date"], each["recurrence"]) for each in open_ones(ann)] == [
            ("2030-02-28", "FREQ=MONTHLY"),
            ("2030-02-28", "FREQ=MONTHLY"),
        ]
        for each in open_ones(ann):
            tick(ann, each["id"])
        assert {each["due_date"] for each in open_ones(ann)} == {"2030-03-28", "2030-03-31"}, "the day is forgotten"

    @pytest.mark.parametrize("change", [{"notes": "two of them"}, {"done": True}])
    def test_one_does_not_rejoin_a_series_that_was_changed(self, ann: TestClient, change: dict[str, object]) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        self.edit(ann, todo, "one", title="Only today")
        following = next(each for each in all_of(ann) if each["id"] != todo["id"])
        ann.patch(f"{TODOS}/{following['id']}", json=change)
        self.edit(ann, todo, "rejoin", title=todo["title"], recurrence="FREQ=MONTHLY")
        repeating = [each for each in all_of(ann) if each["recurrence"]]
        assert len(repeating) == 1, "it repeats twice"
        assert repeating[0]["id"] != todo["id"]

    def test_one_rejoins_if_the_next_one_was_deleted(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        self.edit(ann, todo, "one", title="Only today")
        following = next(each for each in all_of(ann) if each["id"] != todo["id"])["id"]
        ann.delete(f"{TODOS}/{following}")
        self.edit(ann, todo, "rejoin", title=todo["title"])
        assert [each["recurrence"] for each in all_of(ann)] == ["FREQ=MONTHLY"]
        assert ann.post(f"{TODOS}/{following}/restore").json()["recurrence"] is None, "it repeats twice"

    def test_the_last_one_of_a_series_rejoins(self, ann: TestClient) -> None:
        rule = "FREQ=DAILY;UNTIL=20300131"
        todo = add(ann, due_date="2030-01-31", recurrence=rule)
        self.edit(ann, todo, "one", title="Only today")
        self.edit(ann, todo, "rejoin", title=todo["title"], recurrence=rule)
        assert [each["recurrence"] for each in all_of(ann)] == [rule]

    def test_one_that_left_its_series_is_ticked_and_unticked_alone(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", recurrence="FREQ=MONTHLY")
        self.edit(ann, todo, "one", title="Only today")
        tick(ann, todo["id"])
        tick(ann, todo["id"], done=False)
        assert {each["title"]: each["recurrence"] for each in all_of(ann)} == {
            "Only today": None,
            todo["title"]: "FREQ=MONTHLY",
        }


def open_ones(client: TestClient) -> list[dict[str, Any]]:
    """Return the open todos, the last added first."""
    todos: list[dict[str, Any]] = client.get(TODOS, params={"done": "false"}).json()
    return todos
