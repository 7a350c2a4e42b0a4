import Foundation

/// The longest wait.
public let maxWait: TimeInterval = 30
typealias Completion<T> = (Result<T, Error>) -> Void

/// Loads data.
///
/// Cancels when released.
@MainActor
public final class Loader<Value: Decodable>: NSObject, Loading {
    @Published private(set) var state: State = .idle
    let session: URLSession

    public init(session: URLSession = .shared) {
        self.session = session
    }

    deinit { cancel() }

    /// Loads one value.
    @discardableResult
    public func load(from url: URL, retries count: Int = 3) async throws -> Value {
        guard let data = try? await session.data(from: url) else { throw LoadError.offline }
        return try JSONDecoder().decode(Value.self, from: data)
    }

    enum State: Equatable {
        case idle, loading(progress: Double)
        var isIdle: Bool { self == .idle }
    }

    subscript(key: String) -> Value? { cache[key] }
}

protocol Loading: AnyObject {
    associatedtype Value
    var state: State { get }
    func cancel()
}

struct Point { var x = 0.0 }

// Sugar.
extension Loader: CustomStringConvertible where Value: Equatable {
    public var description: String { "Loader" }
    static func == (left: Loader, right: Loader) -> Bool { left === right }
}

actor Counter {
    func increment() -> Int { 1 }
}

func makeLoader<T>(_ type: T.Type) -> Loader<T> { Loader<T>() }
