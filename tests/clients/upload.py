"""Uploads a file with tuspy as its users do.

python upload.py ENDPOINT TOKEN FILE begin       stops after two chunks, prints the upload's address
python upload.py ENDPOINT TOKEN FILE rest URL    goes on with checksums, prints the address
"""

import sys

from tusclient import client

endpoint, token, path, mode, *known = sys.argv[1:]
tus = client.TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
uploader = tus.uploader(
    path,
    chunk_size=100_000,
    url=known[0] if known else None,
    metadata={"filename": "photo.jpg"},
    upload_checksum=True,
    retries=2,
    retry_delay=0,
)
if mode == "begin":
    uploader.upload_chunk()
    uploader.upload_chunk()
else:
    uploader.upload()
print(uploader.url)
