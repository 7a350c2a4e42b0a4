package org.example.cache

import kotlinx.coroutines.flow.Flow

/** How long values live. */
const val TTL_SECONDS = 60
private val registry = mutableMapOf<String, Cache<*>>()
typealias Loader<T> = suspend (String) -> T

/**
 * A cache of values.
 *
 * @param T what it holds
 */
@Serializable
abstract class Cache<T : Any>(private val loader: Loader<T>) : Closeable, Base() {
    val size: Int
        get() = entries.size
    private val entries = HashMap<String, T>()

    /** Gets a value. */
    @Throws(IOException::class)
    suspend fun get(key: String, fresh: Boolean = false): T? {
        val value = entries[key] ?: loader(key).also { entries[key] = it }
        return if (value is Stale) null else convert<T>(value)
    }

    abstract fun evict(key: String)

    companion object {
        fun <T : Any> create(loader: Loader<T>): Cache<T> = MapCache(loader)
    }

    enum class State(val label: String) {
        FRESH("fresh"),
        STALE("stale");

        fun isFresh() = this == FRESH
    }
}

sealed interface Event {
    data class Hit(val key: String) : Event
    data object Miss : Event
}

// Shared by tests.
object Clock : TimeSource {
    override fun now(): Long = System.currentTimeMillis()
}

fun interface Listener {
    fun on(event: Event)
}

/** Reads all. */
fun <T> Cache<T>.readAll(vararg keys: String): Flow<T> = flow { keys.forEach { emit(get(it)) } }
val String.isKey: Boolean get() = startsWith("key")

class Registry {
    companion object Default : Source {
        fun lookup(key: String) = key
    }
}

/** Marks tests that fail now and then. */
@Target(AnnotationTarget.CLASS, AnnotationTarget.FUNCTION)
@Retention(AnnotationRetention.RUNTIME)
annotation class Flaky

@OptIn(UnsafeNumber::class)
actual class Checksum {
    actual fun update(content: ByteArray) = crc(content)
}

@Module
@InstallIn(SingletonComponent::class)
interface CacheModule {
    @Binds
    fun bind(cache: MapCache): Cache<String>
}

@Preview
@Composable
private fun CardPreview() {
    Card(title = "A")
}

class Session
@Inject
internal constructor(
    private val clock: Clock,
) : Closeable {
    override fun close() = clock.stop()
}

class Gate(var open: Boolean, private var set: Int) {
    fun update(bit: Int) {
        val before = open
        withLock {
            open = !before
        }
        set = set or bit
    }
}

sealed class Reader {
    class Options
    private constructor(
        internal val strings: Array<out String>,
    ) {
        fun strings(): List<String> = strings.toList()
    }
}
