"""Many clients at once over HTTP/1.1: connections of their own that stay open, from many loopback addresses."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Self

ADDRESSES = 250
"""How many source addresses a crowd comes from, 127.0.1.1 and on; Linux lets a client bind any of 127.0.0.0/8."""


@dataclass(frozen=True)
class Answer:
    """What a client got: status, header lines by lower-case name (the last one of each), body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """One open connection; it remembers the cookies that it is given."""

    def __init__(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.port, self.reader, self.writer = port, reader, writer
        self.cookies: dict[str, str] = {}

    @classmethod
    async def connect(cls, port: int, number: int) -> Self:
        """Open the connection of client `number` from its source address."""
        source = (f"127.0.1.{1 + number % ADDRESSES}", 0)
        return cls(port, *await asyncio.open_connection("127.0.0.1", port, local_addr=source))

    async def get(self, path: str) -> Answer:
        """Ask for a page."""
        return await self.ask("GET", path)

    async def post_json(self, path: str, body: object, **headers: str) -> Answer:
        """Send JSON."""
        return await self.ask("POST", path, json.dumps(body).encode(), "application/json", headers)

    async def post_form(self, path: str, body: bytes) -> Answer:
        """Send a form that a page of ours held."""
        origin = {"Origin": f"http://127.0.0.1:{self.port}"}
        return await self.ask("POST", path, body, "application/x-www-form-urlencoded", origin)

    async def ask(
        self, verb: str, path: str, body: bytes = b"", kind: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        """Send one request and read its answer."""
        lines = [f"{verb} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += [f"Content-Type: {kind}"] if kind else []
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines += ["Cookie: " + "; ".join(f"{n}={v}" for n, v in self.cookies.items())] if self.cookies else []
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = {}
        for line in head[1:-2]:
            name, _, value = line.partition(": ")
            found[name.lower()] = value
            if name.lower() == "set-cookie":
                own, _, text = value.partition(";")[0].partition("=")
                self.cookies[own] = text
        return Answer(int(head[0].split()[1]), found, await self.reader.readexactly(int(found["content-length"])))

    def close(self) -> None:
        """Hang up."""
        self.writer.close()


Act = Callable[[Client, int], Awaitable[Answer]]


async def rush(
    port: int, number: int, warm: str, act: Act, ready: Callable[[], object] = lambda: None
) -> list[tuple[float, Answer]]:
    """Let so many clients, connected and served one page each, act at one moment; `ready` is called just before.

    Returns for each the seconds from that moment to its last answer, and that answer.
    """
    clients = [await _warm(port, n, warm) for n in range(number)]
    ready()
    begin = time.perf_counter()

    async def one(client: Client, n: int) -> tuple[float, Answer]:
        answer = await act(client, n)
        return time.perf_counter() - begin, answer

    done = await asyncio.gather(*(one(client, n) for n, client in enumerate(clients)))
    for client in clients:
        client.close()
    return done


async def _warm(port: int, number: int, page: str) -> Client:
    client = await Client.connect(port, number)
    await client.get(page)
    return client


async def sustain(port: int, number: int, seconds: float, act: Act, first: int) -> list[tuple[float, Answer]]:
    """Let so many clients act again and again; requests are numbered from `first`.

    Returns for each request its seconds and its answer.
    """
    clients = [await Client.connect(port, n) for n in range(number)]
    end, done, turn = time.perf_counter() + seconds, list[tuple[float, Answer]](), iter(range(first, first + 10**9))

    async def one(client: Client) -> None:
        while (start := time.perf_counter()) < end:
            answer = await act(client, next(turn))
            done.append((time.perf_counter() - start, answer))

    await asyncio.gather(*(one(client) for client in clients))
    for client in clients:
        client.close()
    return done


def statuses(answers: Sequence[tuple[float, Answer]]) -> dict[int, int]:
    """Count answers by status."""
    found: dict[int, int] = {}
    for _seconds, answer in answers:
        found[answer.status] = found.get(answer.status, 0) + 1
    return found
