"""A client of MNS in nothing but Python's standard library, as somebody would write it after reading the documentation."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import ssl
import sys
import xml.etree.ElementTree as ElementTree
from email.utils import formatdate
from urllib.parse import quote, urlsplit

NAMESPACE = "{http://mns.aliyuncs.com/doc/v1}"


class MnsError(Exception):
    def __init__(self, status, code):
        super().__init__(f"{status} {code}")
        self.code = code


def connect(endpoint):
    if endpoint.scheme == "https":
        return http.client.HTTPSConnection(endpoint.netloc, context=ssl.create_default_context())
    return http.client.HTTPConnection(endpoint.netloc)


class Clock:
    """The clock of the emulator, by its admin API."""

    def __init__(self, environment):
        self.endpoint = urlsplit(environment["MNS_EMULATOR_ENDPOINT"])

    def call(self, method, path, body):
        connection = connect(self.endpoint)
        connection.request(method, "/_emulator" + path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        reply = json.loads(response.read())
        connection.close()
        assert response.status == 200, reply
        return reply

    def advance(self, seconds):
        self.call("PUT", "/clock", {"mode": "offset"})
        return self.call("POST", "/clock/advance", {"deltaMs": seconds * 1000})


class Mns:
    def __init__(self, environment):
        self.endpoint = urlsplit(environment["MNS_ENDPOINT"])
        self.key_id = environment["ALIBABA_CLOUD_ACCESS_KEY_ID"]
        self.secret = environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]

    def call(self, method, resource, body=""):
        data = body.encode("utf-8")
        headers = {
            "Date": formatdate(usegmt=True),
            "x-mns-version": "2015-06-06",
            "Content-Type": "text/xml",
            "Content-MD5": base64.b64encode(hashlib.md5(data).digest()).decode(),
        }
        text = "\n".join(
            [
                method,
                headers["Content-MD5"],
                headers["Content-Type"],
                headers["Date"],
                "x-mns-version:" + headers["x-mns-version"],
                resource,
            ]
        )
        digest = hmac.new(self.secret.encode(), text.encode(), hashlib.sha1).digest()
        headers["Authorization"] = f"MNS {self.key_id}:{base64.b64encode(digest).decode()}"
        connection = connect(self.endpoint)
        connection.request(method, resource, data, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8")
        connection.close()
        root = ElementTree.fromstring(text) if text else None
        if response.status >= 300:
            raise MnsError(response.status, root.findtext(NAMESPACE + "Code"))
        return root

    def create_queue(self, name):
        self.call("PUT", f"/queues/{name}", "<Queue/>")

    def send(self, name, body, delay_seconds=0):
        message = ElementTree.Element("Message")
        ElementTree.SubElement(message, "MessageBody").text = body
        ElementTree.SubElement(message, "DelaySeconds").text = str(delay_seconds)
        root = self.call("POST", f"/queues/{name}/messages", ElementTree.tostring(message, "unicode"))
        return root.findtext(NAMESPACE + "MessageBodyMD5")

    def receive(self, name, wait_seconds=0):
        root = self.call("GET", f"/queues/{name}/messages?waitseconds={wait_seconds}")
        return {child.tag[len(NAMESPACE):]: child.text for child in root}

    def change_visibility(self, name, handle, seconds):
        path = f"/queues/{name}/messages?receiptHandle={quote(handle, safe='')}&visibilityTimeout={seconds}"
        return self.call("PUT", path, "").findtext(NAMESPACE + "ReceiptHandle")

    def delete(self, name, handle):
        self.call("DELETE", f"/queues/{name}/messages?ReceiptHandle={quote(handle, safe='')}")


def main():
    mns = Mns(os.environ)
    mns.create_queue("from-python")
    body = "Grüße, 你好 & <tags>"
    assert mns.send("from-python", body) == hashlib.md5(body.encode()).hexdigest().upper()
    first = mns.receive("from-python", 1)
    assert first["MessageBody"] == body and first["DequeueCount"] == "1", first
    try:
        mns.receive("from-python")
        raise AssertionError("the message is leased, and yet came again")
    except MnsError as error:
        assert error.code == "MessageNotExist", error
    # Visible again after a second, which the emulator's own clock counts.
    fresh = mns.change_visibility("from-python", first["ReceiptHandle"], 1)
    assert fresh != first["ReceiptHandle"]
    second = mns.receive("from-python", 5)
    assert second["MessageId"] == first["MessageId"] and second["DequeueCount"] == "2", second
    try:
        mns.delete("from-python", fresh)
        raise AssertionError("an old receipt handle deleted the message")
    except MnsError as error:
        assert error.code == "ReceiptHandleError", error
    mns.delete("from-python", second["ReceiptHandle"])
    try:
        mns.receive("from-python", 1)
        raise AssertionError("the message was deleted, and yet came again")
    except MnsError as error:
        assert error.code == "MessageNotExist", error
    mns.send("from-python", "in ten minutes", 600)
    try:
        mns.receive("from-python")
        raise AssertionError("the message is delayed, and yet came")
    except MnsError as error:
        assert error.code == "MessageNotExist", error
    Clock(os.environ).advance(600)
    late = mns.receive("from-python")
    assert late["MessageBody"] == "in ten minutes", late
    mns.delete("from-python", late["ReceiptHandle"])
    print(f"python: sent, received, hid, deleted, moved the clock at {mns.endpoint.scheme}")
    return int(sys.argv[1]) if len(sys.argv) > 1 else 0


sys.exit(main())
