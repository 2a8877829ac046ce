<?php

/**
 * Who calls: the administrator, a reseller or a customer; and as whom.
 */

declare(strict_types=1);

namespace NGNPro;

final class Auth
{
    public function __construct(
        public readonly string $username,
        #[\SensitiveParameter] private readonly string $password,
        public readonly ?int $impersonate = null,
    ) {
    }

    /** The same credentials, acting as a customer; null for as oneself. */
    public function actingAs(?int $customer): self
    {
        return new self($this->username, $this->password, $customer);
    }

    /** @internal */
    public function header(): \SoapHeader
    {
        $members = ['username' => $this->username, 'password' => $this->password, 'impersonate' => $this->impersonate];
        $auth = (object) array_filter($members, static fn ($member) => $member !== null);
        return new \SoapHeader('urn:AGProjects:NGNPro', 'auth', $auth);
    }

    /** Nobody means to print a password. */
    public function __debugInfo(): array
    {
        return ['username' => $this->username, 'impersonate' => $this->impersonate];
    }
}
