package gewu.android

import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec
import android.security.keystore.KeyGenParameterSpec

/** A phone's key store in memory under the name of Android's: Robolectric has none. */
object PretendKeyStore {
    val keys = ConcurrentHashMap<String, SecretKey>()

    fun install() {
        Security.removeProvider("AndroidKeyStore")
        Security.addProvider(Store())
    }

    private class Store : Provider("AndroidKeyStore", "1.0", "for tests") {
        init {
            put("KeyStore.AndroidKeyStore", Keys::class.java.name)
            put("KeyGenerator.AES", Maker::class.java.name)
        }
    }

    /** Makes the keys that a spec describes. */
    class Maker : KeyGeneratorSpi() {
        private lateinit var spec: KeyGenParameterSpec

        override fun engineInit(random: SecureRandom) = error("needs a spec")

        override fun engineInit(size: Int, random: SecureRandom) = error("needs a spec")

        override fun engineInit(spec: AlgorithmParameterSpec, random: SecureRandom) {
            this.spec = spec as KeyGenParameterSpec
        }

        override fun engineGenerateKey(): SecretKey {
            val bytes = ByteArray(spec.keySize / 8).also(SecureRandom()::nextBytes)
            return SecretKeySpec(bytes, "AES").also { keys[spec.keystoreAlias] = it }
        }
    }

    /** What lies in it. */
    class Keys : KeyStoreSpi() {
        override fun engineGetKey(alias: String, password: CharArray?): Key? = keys[alias]

        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificate(alias: String): Certificate? = null

        override fun engineGetCreationDate(alias: String) = Date()

        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) = nothing()

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = nothing()

        override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = nothing()

        override fun engineDeleteEntry(alias: String) {
            keys.remove(alias)
        }

        override fun engineAliases() = Collections.enumeration(keys.keys)

        override fun engineContainsAlias(alias: String) = keys.containsKey(alias)

        override fun engineSize() = keys.size

        override fun engineIsKeyEntry(alias: String) = keys.containsKey(alias)

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateAlias(certificate: Certificate): String? = null

        override fun engineStore(stream: OutputStream?, password: CharArray?) = nothing()

        private fun nothing(): Nothing = throw UnsupportedOperationException("only keys that are made here")
    }
}
