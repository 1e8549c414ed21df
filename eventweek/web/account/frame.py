"""The blueprint on which the account's views hang."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)
