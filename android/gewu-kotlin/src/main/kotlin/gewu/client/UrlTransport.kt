package gewu.client

import gewu.HandedResult
import gewu.HandedUpload
import gewu.HostException
import gewu.HostTransport
import gewu.HttpAnswer
import gewu.HttpHeader
import gewu.HttpOrder
import java.io.IOException
import java.io.InputStream
import java.io.RandomAccessFile
import java.net.HttpURLConnection
import java.net.ProtocolException
import java.net.SocketTimeoutException
import java.net.URL
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import javax.net.ssl.SSLException

/**
 * Carries requests by the platform's `HttpURLConnection`: with its proxies and the certificates that it
 * trusts. Follows no redirect, keeps no cookies and nothing in a cache.
 */
class UrlTransport(
    private val connectTimeoutMs: Int = 10_000,
    private val readTimeoutMs: Int = 30_000,
    private val maxBody: Int = 64 shl 20,
) : HostTransport {
    private class Asking(val line: ULong) {
        val cancelled = AtomicBoolean()
    }

    private val underWay = ConcurrentHashMap<HttpURLConnection, Asking>()

    override fun send(order: HttpOrder): HttpAnswer {
        val connection = opened(order)
        val asking = Asking(order.line)
        underWay[connection] = asking
        try {
            return exchange(connection, order)
        } catch (error: IOException) {
            throw if (asking.cancelled.get()) HostException.Cancelled() else reason(error)
        } catch (error: RuntimeException) {
            // A connection of the JVM that is closed in an unlucky moment ends in one of these.
            throw if (asking.cancelled.get()) HostException.Cancelled() else error
        } finally {
            underWay.remove(connection)
        }
    }

    override fun cancel(line: ULong) {
        underWay.filterValues { it.line == line }.forEach { (connection, asking) ->
            asking.cancelled.set(true)
            connection.disconnect()
        }
    }

    private fun opened(order: HttpOrder): HttpURLConnection {
        val connection = URL(order.url).openConnection() as HttpURLConnection
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        connection.connectTimeout = connectTimeoutMs
        connection.readTimeout = readTimeoutMs
        setMethod(connection, order.method)
        // What is signed is what is sent: no compression by the platform.
        connection.setRequestProperty("Accept-Encoding", "identity")
        order.headers.forEach { connection.setRequestProperty(it.name, it.value) }
        return connection
    }

    private fun exchange(connection: HttpURLConnection, order: HttpOrder): HttpAnswer {
        if (order.body.isNotEmpty()) {
            connection.doOutput = true
            connection.setFixedLengthStreamingMode(order.body.size)
            connection.outputStream.use { it.write(order.body) }
        }
        val status = connection.responseCode
        if (status < 0) throw IOException("no answer of HTTP")
        val body = if (status < 400) connection.inputStream else connection.errorStream
        return HttpAnswer(status.toUShort(), headersOf(connection), body?.use(::bounded) ?: ByteArray(0))
    }

    private fun bounded(stream: InputStream): ByteArray {
        val out = java.io.ByteArrayOutputStream()
        val piece = ByteArray(16 shl 10)
        while (true) {
            val read = stream.read(piece)
            if (read < 0) return out.toByteArray()
            if (out.size() + read > maxBody) throw IOException("the answer is too large")
            out.write(piece, 0, read)
        }
    }

    private fun reason(error: IOException): HostException = when (error) {
        is SocketTimeoutException -> HostException.Timeout()
        is SSLException -> HostException.Insecure()
        else -> HostException.Offline()
    }
}

private fun headersOf(connection: HttpURLConnection): List<HttpHeader> =
    connection.headerFields.flatMap { (name, values) ->
        if (name == null) emptyList() else values.map { HttpHeader(name.lowercase(), it) }
    }

/**
 * Android's `HttpURLConnection` knows `PATCH`. That of a JVM does not, and there is no other way to it than
 * this one, which wants `--add-opens java.base/java.net=ALL-UNNAMED`: the method is signed and cannot be
 * another one in disguise. Programs on a JVM do better with the SDK's own network.
 */
private fun setMethod(connection: HttpURLConnection, method: String) {
    try {
        connection.requestMethod = method
    } catch (unknown: ProtocolException) {
        val field = HttpURLConnection::class.java.getDeclaredField("method")
        field.isAccessible = true
        field.set(connection, method)
    }
}

/**
 * Carries out an upload that was handed over, as a platform's uploader does: the rest of a file in one
 * request.
 */
fun sendHanded(upload: HandedUpload): HandedResult {
    val path = upload.path ?: return HandedResult.Failed
    return try {
        val connection = URL(upload.url).openConnection() as HttpURLConnection
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        setMethod(connection, "PATCH")
        upload.headers.forEach { connection.setRequestProperty(it.name, it.value) }
        connection.doOutput = true
        connection.setFixedLengthStreamingMode((upload.bytes - upload.offset).toLong())
        RandomAccessFile(path, "r").use { file ->
            file.seek(upload.offset.toLong())
            connection.outputStream.use { out -> copy(file, out) }
        }
        val offset = connection.getHeaderField("Upload-Offset")?.toULongOrNull()
        HandedResult.Answered(connection.responseCode.toUShort(), offset)
    } catch (error: IOException) {
        HandedResult.Failed
    }
}

private fun copy(file: RandomAccessFile, out: java.io.OutputStream) {
    val piece = ByteArray(64 shl 10)
    while (true) {
        val read = file.read(piece)
        if (read < 0) return
        out.write(piece, 0, read)
    }
}
