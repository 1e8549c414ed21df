"""The Redis that tests run on is a real one and starts empty."""

import redis


def test_redis_answers_and_is_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.ping() and connection.dbsize() == 0
