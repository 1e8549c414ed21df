"""Roles and verbs: fixed codes with catalogue texts."""

from enum import StrEnum


class Role(StrEnum):
    """What a grant makes of a user in a week; the administrator is a mark on the user, not a role."""

    COMMITTEE = "committee"
    CITY = "city"
    VENUE = "venue"
    TRACK = "track"
    PROPOSER = "proposer"
    DOOR = "door"
    READER = "reader"
    AUDITOR = "auditor"


class Verb(StrEnum):
    """What a permission allows; views and actions name one."""

    PROGRAMME_READ = "programme.read"
    PROGRAMME_EDIT = "programme.edit"
    PLAN_EDIT = "plan.edit"
    ALARM_RAISE = "alarm.raise"
    MASTERS_EDIT = "masters.edit"
    RELEASE_PUBLISH = "release.publish"
    WEEK_CREATE = "week.create"
    WEEK_EDIT = "week.edit"
    REGISTRATIONS_READ = "registrations.read"
    REGISTRATIONS_EDIT = "registrations.edit"
    REGISTRATIONS_REVIEW = "registrations.review"
    MESSAGES_EDIT = "messages.edit"
    DOOR_MANAGE = "door.manage"
    PROPOSALS_READ = "proposals.read"
    PROPOSALS_MAKE = "proposals.make"
    PROPOSALS_REVIEW = "proposals.review"
    PROPOSALS_DECIDE = "proposals.decide"
    PROPOSERS_INVITE = "proposers.invite"
    USERS_MANAGE = "users.manage"
    AUDIT_READ = "audit.read"


class PasswordReason(StrEnum):
    """Why a password is not taken."""

    SHORT = "password.short"
    LONG = "password.long"
    PERSONAL = "password.personal"
    COMMON = "password.common"
