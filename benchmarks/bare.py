"""The least that a sale can be: a bare Flask route with a guarded UPDATE and an INSERT, in one transaction."""

import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

TABLES = (
    "CREATE TABLE bare_pool (id integer PRIMARY KEY, cap integer NOT NULL, taken integer NOT NULL)",
    "INSERT INTO bare_pool VALUES (1, 1000000, 0)",
    "CREATE TABLE bare_sale (id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, pool_id integer NOT NULL)",
)
TAKE = text("UPDATE bare_pool SET taken = taken + 1 WHERE id = :pool AND taken < cap")
KEEP = text("INSERT INTO bare_sale (pool_id) VALUES (:pool)")


def create_app() -> Flask:
    """Build the application over the database of the environment."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["EVENTWEEK_DATABASE_URL"]
    db = SQLAlchemy(app)

    @app.post("/sales")
    def sell() -> tuple[dict[str, bool], int]:
        db.session.execute(TAKE, {"pool": 1})
        db.session.execute(KEEP, {"pool": 1})
        db.session.commit()
        return {"sold": True}, 201

    return app
