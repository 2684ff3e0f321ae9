"""A small SMTP server for tests, which can misbehave: a thread that listens on 127.0.0.1."""

import socket
import socketserver
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """`delivered`: what it took for delivery, in order. An address that begins with `refused` is no address of its;
    to one that begins with `broken` the line goes dead once the text has come; with `rejected` it refuses the text;
    with `mumbled` it takes it with words that no program understands. `seconds`: how long it thinks about each text;
    `offers`: what it says it can, and cannot (AUTH)."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, seconds: float = 0):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.seconds, self.offers = seconds, ""
        self.delivered: list[tuple[str, EmailMessage]] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __exit__(self, *error) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A client that was killed is what some tests are about."""


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 thu.example ESMTP")
        to = ""
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words[:4].upper()
            if verb == "RCPT":
                to = words[words.index("<") + 1 : words.index(">")]
                self.say("550 no such person" if to.startswith("refused") else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                if not self.take(to):
                    return
            elif verb == "EHLO" and self.server.offers:
                self.say(f"250-thu.example\r\n250 {self.server.offers}")
            elif verb == "AUTH":
                self.say("334 *nonsense*")
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")
        return None

    def take(self, to: str) -> bool:
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            line = self.rfile.readline()
            if not line:
                return False  # without its end no text was handed over
            content += line
        time.sleep(self.server.seconds)
        if to.startswith("broken"):
            self.server.delivered.append((to, _read(content)))
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        if to.startswith("rejected"):
            self.say("554 not that")
            return True
        self.server.delivered.append((to, _read(content)))
        self.say("taken, thank you" if to.startswith("mumbled") else "250 taken")
        return True

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _read(content: bytes) -> EmailMessage:
    return message_from_bytes(content[:-5].replace(b"\r\n..", b"\r\n."), policy=policy.default)
