#!/usr/bin/env bash
# s3fs 2026.9.0 (fsspec 2026.9.0): an interrupted `put_file` goes on, and the object appears later.
#
# Seen: a file of 60 MiB goes up in parts. After the first part the caller is interrupted (Ctrl-C), as
#   a user would, and gets KeyboardInterrupt. At that moment the upload is open and there is no
#   object. Nothing aborts it: the transfer goes on in fsspec's own thread, and some seconds
#   later the whole object is there.
# Why it matters: whoever takes an interrupt for the end removes what else was made, or begins anew,
#   and finds an object under that name that nobody sends any more, or one that replaces the newer.
#   A program that ends before the thread does leaves no one to complete or abort the parts.
# Way out: write through the file that `fs.open(..., autocommit=False)` gives, `commit` it at the end
#   and `discard` it on any exception, `BaseException` among them.
# Fails (exit 1) if what is printed is no longer so. A server of moto is begun on the loopback.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cat > "$folder/pins" <<'TXT'
aiobotocore==3.10.0
aiohappyeyeballs==2.7.1
aiohttp==3.14.5
aioitertools==0.13.0
aiosignal==1.4.0
antlr4-python3-runtime==4.13.2
attrs==26.1.0
blinker==1.9.0
boto3==1.43.117
botocore==1.43.117
certifi==2026.10.18
cffi==2.1.1
charset-normalizer==3.5.2
click==8.5.1
cryptography==50.0.2
docker==7.2.0
flask-cors==6.0.5
flask==3.1.3
frozenlist==1.8.0
fsspec==2026.9.0
graphql-core==3.3.2
idna==3.20
itsdangerous==2.2.0
jinja2==3.1.6
jmespath==1.1.0
markupsafe==3.0.4
moto==5.2.5
multidict==7.2.1
propcache==0.5.4
py-partiql-parser==0.6.3
pycparser==3.12
python-dateutil==2.9.0.post0
pyyaml==6.0.4
requests==2.34.2
responses==0.26.3
s3fs==2026.9.0
s3transfer==0.19.3
six==1.17.0
typing-extensions==4.16.0
urllib3==2.8.0
werkzeug==3.1.9
wrapt==1.17.3
xmltodict==1.0.4
yarl==1.25.1
TXT
"$folder/venv/bin/pip" install --quiet --no-deps -r "$folder/pins"
cat > "$folder/seen.py" <<'PY'
import _thread
import logging
import os
import tempfile
import time

from moto.server import ThreadedMotoServer

MIB = 1 << 20
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
os.environ.update(
    AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_DEFAULT_REGION="us-east-1",
    AWS_CONFIG_FILE=os.devnull, AWS_ENDPOINT_URL=f"http://{host}:{port}",
)

import boto3
import fsspec
import s3fs

logging.getLogger("werkzeug").setLevel(logging.ERROR)
client = boto3.client("s3")
client.create_bucket(Bucket="bucket")


class InterruptAfterOnePart(fsspec.Callback):
    parts = 0

    def relative_update(self, inc=1):
        self.parts += 1
        if self.parts == 1:
            _thread.interrupt_main()


def there() -> str:
    uploads = client.list_multipart_uploads(Bucket="bucket").get("Uploads", [])
    objects = client.list_objects_v2(Bucket="bucket").get("Contents", [])
    sizes = [f"{entry['Size'] // MIB} MiB" for entry in objects]
    return f"{len(uploads)} uploads open, objects of {sizes}"


file = tempfile.NamedTemporaryFile()
file.write(bytes(60 * MIB))
file.flush()
try:
    s3fs.S3FileSystem().put_file(
        file.name, "bucket/key", chunksize=5 * MIB, max_concurrency=1,
        callback=InterruptAfterOnePart(),
    )
    print("not interrupted")
except KeyboardInterrupt:
    print("interrupted:", there())
for _ in range(120):
    time.sleep(1)
    if "60 MiB" in there():
        break
print("later:", there(), flush=True)
os._exit(0)
PY
cat > "$folder/expected" <<'TXT'
interrupted: 1 uploads open, objects of []
later: 0 uploads open, objects of ['60 MiB']
TXT
"$folder/venv/bin/python" "$folder/seen.py" 2> "$folder/errors" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"
