package io.expunge.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** On SoftHSM, where it is installed; the build tells it by SOFTHSM2_CONF where its tokens are. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TokenEncryptionTest {

    private static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    private static final String PIN = "4711-secret";
    private static final byte[] TEXT = "ann@example.org".getBytes(UTF_8);
    private static final byte[] HERE = {1};

    @TempDir
    private Path directory;

    private KeyEncryption ring;

    @BeforeAll
    static void aToken() throws Exception {
        assumeTrue(Files.exists(LIBRARY), "SoftHSM is not installed");
        var configuration = Path.of(System.getenv("SOFTHSM2_CONF"));
        var tokens = Files.createTempDirectory(Files.createDirectories(configuration.getParent()), "tokens");
        Files.writeString(configuration, "directories.tokendir = " + tokens.toAbsolutePath() + "\nlog.level = ERROR\n");
        run("softhsm2-util", "--init-token", "--free", "--label", "expunge", "--so-pin", "1234", "--pin", PIN);
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var provider = Files.writeString(
                tokens.resolve("provider.cfg"), "name = softhsm\nlibrary = " + LIBRARY + "\nslotListIndex = 0\n");
        for (var key : List.of("expunge-2026", "expunge-2027")) {
            run(
                    keytool,
                    "-genseckey",
                    "-alias",
                    key,
                    "-keyalg",
                    "AES",
                    "-keysize",
                    "256",
                    "-keystore",
                    "NONE",
                    "-storetype",
                    "PKCS11",
                    "-storepass",
                    PIN,
                    "-addprovider",
                    "SunPKCS11",
                    "-providerArg",
                    provider.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @BeforeEach
    void aRing() {
        ring = new RingEncryption(KeyRing.open(directory.resolve("ring.key"), null, Clock.systemUTC()));
    }

    private TokenEncryption token(String key) {
        return TokenEncryption.open(LIBRARY, 0, PIN, key, ring);
    }

    @Test
    void whatIsSealedOpensWhereItBelongsAndNowhereElse() {
        var envelope = new Envelope(token("expunge-2026"));
        var sealed = envelope.seal(TEXT, HERE);
        assertThat(sealed.key().keyId()).isEqualTo("expunge-2026");
        assertThat(envelope.open(sealed, HERE)).isEqualTo(TEXT);
        assertThatThrownBy(() -> envelope.open(sealed, new byte[] {2})).isInstanceOf(SecurityException.class);
        var changed = sealed.key().bytes().clone();
        changed[20] ^= 1;
        assertThatThrownBy(() -> envelope.open(
                        new Envelope.Sealed(new Wrapped("expunge-2026", changed), sealed.ciphertext()), HERE))
                .isInstanceOf(SecurityException.class);
    }

    @Test
    void aNewKeyOpensWhatTheOldOneWrappedAndWrapsItAnew() {
        var sealed = new Envelope(token("expunge-2026")).seal(TEXT, HERE);
        var envelope = new Envelope(token("expunge-2027"));
        var anew = envelope.rewrap(sealed.key(), HERE);
        assertThat(anew.keyId()).isEqualTo("expunge-2027");
        assertThat(envelope.open(new Envelope.Sealed(anew, sealed.ciphertext()), HERE))
                .isEqualTo(TEXT);
    }

    @Test
    void whatTheFileWrappedMovesIntoTheToken() {
        var sealed = new Envelope(ring).seal(TEXT, HERE);
        var envelope = new Envelope(token("expunge-2026"));
        assertThat(envelope.open(sealed, HERE)).isEqualTo(TEXT);
        assertThat(envelope.rewrap(sealed.key(), HERE).keyId()).isEqualTo("expunge-2026");
        assertThatThrownBy(() -> envelope.open(
                        new Envelope.Sealed(new Wrapped("another", sealed.key().bytes()), sealed.ciphertext()), HERE))
                .isInstanceOf(KeyDestroyed.class);
    }

    @Test
    void whatWillNotDoIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> token("expunge-2028"))
                .withMessageContaining("'expunge-2028'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenEncryption.open(directory.resolve("no.so"), 0, PIN, "expunge-2026", ring))
                .withMessageContaining("no.so");
    }

    /** First, because a process that is logged in is not asked again. */
    @Test
    @Order(1)
    void aWrongPinIsRefusedAndNotRepeated() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenEncryption.open(LIBRARY, 0, "0815-wrong", "expunge-2026", ring))
                .withMessageContaining("PIN")
                .withMessageNotContaining("0815");
    }
}
