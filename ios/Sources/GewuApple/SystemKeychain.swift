#if canImport(Security)
    import Foundation
    import Gewu
    import Security

    /// The platform's keychain: items of this device only, never in a backup that goes to another one,
    /// and readable in the background once the phone was unlocked after its start.
    public struct SystemKeychain: KeychainItems {
        private let service: String
        private let group: String?

        /// `group` is the access group that the app shares with its extensions, if it has one.
        public init(service: String = "gewu", accessGroup group: String? = nil) {
            self.service = service
            self.group = group
        }

        public func read(_ name: String) -> KeychainAnswer {
            var query = item(name)
            query[kSecReturnData as String] = true
            query[kSecMatchLimit as String] = kSecMatchLimitOne
            var found: CFTypeRef?
            let status = SecItemCopyMatching(query as CFDictionary, &found)
            return answer(status, found as? Data)
        }

        public func add(_ name: String, _ secret: Data) -> KeychainAnswer {
            var query = item(name)
            query[kSecValueData as String] = secret
            query[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            return answer(SecItemAdd(query as CFDictionary, nil))
        }

        public func update(_ name: String, _ secret: Data) -> KeychainAnswer {
            let change: [String: Any] = [kSecValueData as String: secret]
            return answer(SecItemUpdate(item(name) as CFDictionary, change as CFDictionary))
        }

        public func delete(_ name: String) -> KeychainAnswer {
            answer(SecItemDelete(item(name) as CFDictionary))
        }

        private func item(_ name: String) -> [String: Any] {
            var query: [String: Any] = [
                kSecClass as String: kSecClassGenericPassword,
                kSecAttrService as String: service,
                kSecAttrAccount as String: name,
                kSecUseDataProtectionKeychain as String: true,
            ]
            if let group { query[kSecAttrAccessGroup as String] = group }
            return query
        }

        private func answer(_ status: OSStatus, _ found: Data? = nil) -> KeychainAnswer {
            switch status {
            case errSecSuccess: .done(found)
            case errSecItemNotFound: .absent
            case errSecDuplicateItem: .duplicate
            case errSecInteractionNotAllowed: .locked
            default: .failed(status)
            }
        }
    }
#endif
