package gewu.android

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import gewu.HostException
import gewu.HostSecrets
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** Where the key that wraps secrets comes from: the phone's key store, or a stand-in. */
interface WrappingKey {
    /** The key, made if there is none; null from [existing] when there is none. */
    fun orMade(): SecretKey

    /** The key if there is one. */
    fun existing(): SecretKey?
}

/**
 * Keeps the SDK's secrets in files, each wrapped by a key that never leaves the phone's key store. The
 * folder must stay out of backups: on another phone the files are of no use, and the SDK asks to enrol
 * again.
 */
class WrappedSecrets(private val folder: File, private val key: WrappingKey) : HostSecrets {
    override fun get(name: String): ByteArray? = guarded {
        val file = File(folder, name)
        if (!file.exists()) return@guarded null
        // A phone that was reset, or a restored backup: the files are there and their key is not.
        val wrapping = key.existing() ?: return@guarded null
        try {
            unwrap(file.readBytes(), wrapping, name)
        } catch (foreign: AEADBadTagException) {
            null
        }
    }

    override fun put(name: String, secret: ByteArray) = guarded {
        if (!folder.isDirectory && !folder.mkdirs()) throw IOException("no folder for secrets")
        val aside = File(folder, "$name.new")
        FileOutputStream(aside).use { out ->
            out.write(wrap(secret, key.orMade(), name))
            out.fd.sync()
        }
        if (!aside.renameTo(File(folder, name))) throw IOException("the secret cannot be put in place")
    }

    override fun remove(name: String) = guarded {
        val file = File(folder, name)
        if (file.exists() && !file.delete()) throw IOException("the secret cannot be removed")
    }

    private fun wrap(secret: ByteArray, wrapping: SecretKey, name: String): ByteArray {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.ENCRYPT_MODE, wrapping)
        cipher.updateAAD(name.toByteArray())
        return cipher.iv + cipher.doFinal(secret)
    }

    private fun unwrap(bytes: ByteArray, wrapping: SecretKey, name: String): ByteArray {
        if (bytes.size <= IV_BYTES) throw AEADBadTagException("too short")
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.DECRYPT_MODE, wrapping, GCMParameterSpec(TAG_BITS, bytes, 0, IV_BYTES))
        cipher.updateAAD(name.toByteArray())
        return cipher.doFinal(bytes, IV_BYTES, bytes.size - IV_BYTES)
    }

    private inline fun <T> guarded(work: () -> T): T = try {
        work()
    } catch (error: IOException) {
        throw HostException.Failed()
    } catch (error: GeneralSecurityException) {
        throw HostException.Locked()
    }

    private companion object {
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val IV_BYTES = 12
        const val TAG_BITS = 128
    }
}

/** A key in the phone's key store. It is there without the user, so that work goes up in the background. */
class KeystoreKey(private val alias: String = "gewu") : WrappingKey {
    private val store: KeyStore by lazy { KeyStore.getInstance(PROVIDER).apply { load(null) } }

    override fun existing(): SecretKey? = store.getKey(alias, null) as SecretKey?

    override fun orMade(): SecretKey = existing() ?: made()

    private fun made(): SecretKey {
        val uses = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(alias, uses)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
            .apply { init(spec) }
            .generateKey()
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
    }
}

/** The usual place: a folder that the system never backs up. */
fun keystoreSecrets(context: Context): HostSecrets =
    WrappedSecrets(File(context.noBackupFilesDir, "gewu-secrets"), KeystoreKey())
