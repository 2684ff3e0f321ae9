"""One client in a process of its own: posts a form at a given moment and says what was answered. Nothing of the
project is loaded, so that forty of them fit beside the server. It reads one JSON object a line and writes one for each.
"""

import http.client
import json
import sys
import time
from urllib.parse import urlencode


def post(job: dict) -> dict:
    body = urlencode(job["fields"])
    headers = {"Cookie": job["cookies"], "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", job["port"], timeout=60)
    connection.connect()
    time.sleep(max(0.0, job["at"] - time.time()))
    try:
        connection.request("POST", job["path"], body, headers)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        return {"status": response.status, "location": response.headers.get("Location", ""), "text": text}
    finally:
        connection.close()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(post(json.loads(line))), flush=True)
