import os
import random
import threading
import unittest

from rig_runner.frames import ProtocolError, Reader, TooBig, Writer
from rig_runner.text import TextError, decode


def frame(body):
    return len(body).to_bytes(4, "little") + body


class Reading(unittest.TestCase):
    def reader(self, pieces):
        """A reader of a stream that arrives in these pieces, one a read."""
        read, write = os.pipe()
        self.addCleanup(os.close, read)

        def feed():
            for piece in pieces:
                while piece:
                    piece = piece[os.write(write, piece) :]
            os.close(write)

        feeder = threading.Thread(target=feed)
        feeder.start()
        self.addCleanup(feeder.join)
        return Reader(read)

    def test_frames_are_the_same_however_the_stream_is_cut(self):
        bodies = [b"{}", b"", "é漢😀".encode(), b"x" * 200000, b"{}"]
        stream = b"".join(map(frame, bodies))
        for size in (1000, 4097, 65536, len(stream)):
            with self.subTest(size):
                reader = self.reader([stream[at : at + size] for at in range(0, len(stream), size)])
                self.assertEqual([reader.next() for _ in bodies], bodies)
                self.assertIsNone(reader.next())

    def test_stream_that_ends_in_a_frame_is_a_protocol_error(self):
        for end in range(1, 6):
            with self.subTest(end):
                reader = self.reader([frame(b"{}")[:end]])
                with self.assertRaises(ProtocolError):
                    reader.next()

    def test_length_over_the_cap_is_refused_before_the_body_comes(self):
        reader = self.reader([(11).to_bytes(4, "little")])
        reader.bytes_max = 10
        with self.assertRaises(ProtocolError):
            reader.next()


class Writing(unittest.TestCase):
    def test_frame_over_the_cap_leaves_nothing_behind(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        writer = Writer(write)
        writer.bytes_max = 10
        with self.assertRaises(TooBig):
            writer.send("é" * 6)
        writer.send("é" * 5)
        os.close(write)
        self.assertEqual(os.read(read, 100), frame(("é" * 5).encode()))

    def test_frames_of_many_threads_never_mix(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        writer = Writer(write)
        texts = [letter * 70000 for letter in "abcdefgh"]
        threads = [
            threading.Thread(target=lambda text=text: [writer.send(text) for _ in range(5)])
            for text in texts
        ]
        for thread in threads:
            thread.start()
        reader = Reader(read)
        got = sorted(reader.next().decode() for _ in range(40))
        for thread in threads:
            thread.join()
        os.close(write)
        self.assertEqual(got, sorted(texts * 5))


class Fuzz(unittest.TestCase):
    def test_mutated_texts_are_read_or_refused_and_nothing_else(self):
        chance = random.Random(7)
        seed = b'{"type":"invoke","id":7,"args":{"a":[1,-2.5e3,true,null,"\\u00e9\\\\"]}} '
        refused = 0
        for _ in range(20000):
            text = bytearray(seed)
            for _ in range(chance.randint(1, 4)):
                at = chance.randrange(len(text))
                text[at : at + chance.randint(0, 2)] = bytes(
                    chance.choice(b'{}[]",:\\u0e-1.tfn \xff\x00')
                    for _ in range(chance.randint(0, 2))
                )
            try:
                decode(bytes(text))
            except TextError:
                refused += 1
        self.assertGreater(refused, 5000)


if __name__ == "__main__":
    unittest.main()
