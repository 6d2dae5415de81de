"""What BitTorrent needs beside its clients, for measurements in bench/lab.

torrent.py describe FILE ANNOUNCE_URL OUT   writes the .torrent (BEP 3), pieces of 256 KiB, the file's name out.bin
torrent.py track PORT                       an HTTP tracker: who is in the swarm, in compact form (BEP 23); asked again every 5 s
torrent.py peer TORRENT FOLDER DONE [seed]  a libtorrent peer over TCP; DONE is created when it has all; it serves until it is ended
"""
import hashlib
import os
import random
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PIECE_BYTES = 256 << 10
AGAIN_SECONDS = 5


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        return bencode(value.encode())
    if isinstance(value, bytes):
        return b"%d:" % len(value) + value
    # a dictionary, its keys in order
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"


def describe(path, announce, out):
    digests = b""
    with open(path, "rb") as content:
        for piece in iter(lambda: content.read(PIECE_BYTES), b""):
            digests += hashlib.sha1(piece).digest()
    info = {"length": os.path.getsize(path), "name": "out.bin", "piece length": PIECE_BYTES, "pieces": digests}
    with open(out, "wb") as torrent:
        torrent.write(bencode({"announce": announce, "info": info}))


class Tracker(BaseHTTPRequestHandler):
    swarm = {}

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query, keep_blank_values=True, encoding="latin-1")
        me = socket.inet_aton(self.client_address[0]) + int(asked["port"][0]).to_bytes(2, "big")
        if asked.get("event") == ["stopped"]:
            self.swarm.pop(me, None)
        else:
            self.swarm[me] = True
        others = [peer for peer in list(self.swarm) if peer != me]
        random.shuffle(others)
        wanted = int(asked.get("numwant", ["50"])[0])
        answer = bencode({"interval": AGAIN_SECONDS, "min interval": AGAIN_SECONDS, "peers": b"".join(others[:max(0, wanted)])})
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def peer(torrent, folder, done, seed):
    import libtorrent

    session = libtorrent.session({
        "listen_interfaces": os.environ["NODE_IP"] + ":6881",
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_outgoing_utp": False, "enable_incoming_utp": False,
        "alert_mask": libtorrent.alert.category_t.status_notification,
    })
    wish = libtorrent.add_torrent_params()
    wish.ti, wish.save_path = libtorrent.torrent_info(torrent), folder
    if seed:
        wish.flags |= libtorrent.torrent_flags.seed_mode
    handle = session.add_torrent(wish)
    told = False
    while True:
        session.wait_for_alert(20)
        session.pop_alerts()
        if not told and handle.status().is_seeding:
            told = True
            if not seed:
                handle.flush_cache()
            open(done, "w").close()


if sys.argv[1] == "describe":
    describe(*sys.argv[2:5])
elif sys.argv[1] == "track":
    ThreadingHTTPServer(("0.0.0.0", int(sys.argv[2])), Tracker).serve_forever()
else:
    peer(*sys.argv[2:5], sys.argv[5:] == ["seed"])
