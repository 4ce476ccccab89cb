package io.expunge.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvelopeTest {

    private static final byte[] TEXT = "ann@example.org".getBytes(UTF_8);
    private static final byte[] HERE = {1};

    @TempDir
    private Path directory;

    private KeyRing ring;
    private Envelope envelope;

    @BeforeEach
    void aRing() {
        ring = KeyRing.open(directory.resolve("ring.key"), null, Clock.systemUTC());
        envelope = new Envelope(new RingEncryption(ring));
    }

    @Test
    void whatIsSealedOpensWhereItBelongsAndNowhereElse() {
        var sealed = envelope.seal(TEXT, HERE);
        assertThat(envelope.open(sealed, HERE)).isEqualTo(TEXT);
        assertThatThrownBy(() -> envelope.open(sealed, new byte[] {2})).isInstanceOf(SecurityException.class);
    }

    @Test
    void everyTextHasAKeyOfItsOwn() {
        var one = envelope.seal(TEXT, HERE);
        var other = envelope.seal(TEXT, HERE);
        assertThat(one.ciphertext()).isNotEqualTo(other.ciphertext());
        assertThatThrownBy(() -> envelope.open(new Envelope.Sealed(one.key(), other.ciphertext()), HERE))
                .isInstanceOf(SecurityException.class);
    }

    @Test
    void oneChangedBitIsFound() {
        var sealed = envelope.seal(TEXT, HERE);
        for (var bytes : new byte[][] {sealed.ciphertext(), sealed.key().bytes()}) {
            for (int bit = 0; bit < 8 * bytes.length; bit++) {
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                assertThatThrownBy(() -> envelope.open(sealed, HERE)).isInstanceOf(SecurityException.class);
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
        assertThat(envelope.open(sealed, HERE)).isEqualTo(TEXT);
        assertThatThrownBy(() -> envelope.open(new Envelope.Sealed(sealed.key(), new byte[5]), HERE))
                .isInstanceOf(SecurityException.class);
    }

    @Test
    void afterARotationTheOldKeyIsNeededByNothingAndOpensNothing() {
        var sealed = envelope.seal(TEXT, HERE);
        var old = sealed.key().keyId();
        ring.rotate();
        assertThat(envelope.open(sealed, HERE)).isEqualTo(TEXT);
        var again = envelope.rewrap(sealed.key(), HERE);
        ring.destroy(old);
        assertThat(envelope.open(new Envelope.Sealed(again, sealed.ciphertext()), HERE))
                .isEqualTo(TEXT);
        // what a backup of the database holds
        assertThatThrownBy(() -> envelope.open(sealed, HERE))
                .isInstanceOf(KeyDestroyed.class)
                .hasMessage("there is no key " + old);
    }

    /** Test case 16 of McGrew and Viega, The Galois/Counter Mode of Operation, appendix B: another implementation's bytes. */
    @Test
    void theCipherIsAes256Gcm() {
        var key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        var plain = hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
                + "49a6b525b16aedf5aa0de657ba637b39");
        var encrypted = hex("cafebabefacedbaddecaf888"
                + "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
                + "c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b");
        assertThat(Gcm.decrypt(
                        new SecretKeySpec(key, Gcm.KEY), encrypted, hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")))
                .isEqualTo(plain);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
