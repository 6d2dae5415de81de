package io.darter.appliance.keys;

import io.darter.appliance.StartFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that every other key lies encrypted with in the database: AES-256 in GCM, a fresh nonce in front of each
 * ciphertext, the secret's name authenticated with it so that no two can be exchanged.
 */
public final class MasterKey {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random;

    private MasterKey(byte[] key, SecureRandom random) {
        this.key = new SecretKeySpec(key, "AES");
        this.random = random;
    }

    /**
     * Reads the key (base64, one line), or makes it if the file is missing; the file is readable by its owner only.
     *
     * @param shared the key is every replica's, so that none may make one
     */
    public static MasterKey open(Path file, boolean shared, SecureRandom random) {
        try {
            if (shared && !Files.exists(file)) {
                throw StartFailure.environment("Reading the master key " + file
                        + ": there is no such file, and all replicas must have the same. Make it once with 'head -c 32"
                        + " /dev/urandom | base64', copy it to every replica, readable by the appliance's user only."
                        + " (MASTER_KEY_MISSING)");
            }
            if (!Files.exists(file)) {
                byte[] fresh = new byte[KEY_BYTES];
                random.nextBytes(fresh);
                PrivateFiles.write(file, Base64.getEncoder().encodeToString(fresh) + "\n");
            }
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length != KEY_BYTES) {
                throw new IllegalArgumentException("not " + KEY_BYTES + " bytes");
            }
            return new MasterKey(key, random);
        } catch (IllegalArgumentException e) {
            throw StartFailure.environment("Reading the master key " + file
                    + ": it is not 32 bytes in base64. Restore the file from its backup; without it the keys in the"
                    + " database cannot be read. (MASTER_KEY_INVALID)");
        } catch (IOException e) {
            throw StartFailure.environment("Opening the master key " + file + ": " + e
                    + ". Check that the appliance's user may read and write there. (MASTER_KEY_UNREADABLE)");
        }
    }

    byte[] encrypt(String name, byte[] secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] ciphertext = cipher(Cipher.ENCRYPT_MODE, nonce, name).doFinal(secret);
            return ByteBuffer.allocate(NONCE_BYTES + ciphertext.length)
                    .put(nonce)
                    .put(ciphertext)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("encrypting " + name, e);
        }
    }

    byte[] decrypt(String name, byte[] stored) {
        try {
            byte[] nonce = Arrays.copyOf(stored, NONCE_BYTES);
            return cipher(Cipher.DECRYPT_MODE, nonce, name).doFinal(stored, NONCE_BYTES, stored.length - NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw StartFailure.environment("Decrypting '" + name
                    + "' from the database: the master key does not fit. Use the master key file that belongs to this"
                    + " database. (MASTER_KEY_WRONG)");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String name) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
