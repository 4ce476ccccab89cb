package io.expunge.keys;

/** Encrypts data keys under the keys of a ring that this process holds itself. */
public final class RingEncryption implements KeyEncryption {

    private final KeyRing ring;

    public RingEncryption(KeyRing ring) {
        this.ring = ring;
    }

    @Override
    public String currentKeyId() {
        return ring.current().id();
    }

    @Override
    public Wrapped wrap(byte[] dataKey, byte[] context) {
        var key = ring.current();
        return new Wrapped(key.id(), Gcm.encrypt(key.forAlgorithm(Gcm.KEY), dataKey, context));
    }

    @Override
    public byte[] unwrap(Wrapped wrapped, byte[] context) {
        var key = ring.find(wrapped.keyId()).orElseThrow(() -> new KeyDestroyed(wrapped.keyId()));
        return Gcm.decrypt(key.forAlgorithm(Gcm.KEY), wrapped.bytes(), context);
    }
}
