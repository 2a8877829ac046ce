<?php

/**
 * A structure of the contract: members that are null are not set.
 */

declare(strict_types=1);

namespace NGNPro;

abstract class Value
{
    /** Name and type of each member, in the contract's order. */
    abstract protected static function members(): array;

    /**
     * Made from plain data. A name that the structure does not have is refused, so that a typing error is not taken for
     * "delete what was there".
     */
    public static function from(array|object $data): static
    {
        if ($data instanceof static) {
            return $data;
        }
        $data = (array) $data;
        $members = static::members();
        $unknown = array_diff(array_keys($data), array_keys($members));
        if ($unknown !== []) {
            throw new \InvalidArgumentException(static::class . ' has no ' . implode(', ', $unknown));
        }
        return self::made($data, static fn ($value, $type, $name) => Wire::given($value, $type, $name));
    }

    /** Made from an answer: members that this version does not know are left out. */
    final public static function answered(object $data): static
    {
        return self::made((array) $data, static fn ($value, $type) => Wire::read($value, $type));
    }

    /** As it is sent: what is not set is left out. */
    final public function sent(): object
    {
        $sent = new \stdClass();
        foreach (static::members() as $name => $type) {
            if ($this->$name !== null) {
                $sent->$name = Wire::write($this->$name, $type);
            }
        }
        return $sent;
    }

    private static function made(array $data, callable $convert): static
    {
        $made = new static();
        foreach (static::members() as $name => $type) {
            if (isset($data[$name])) {
                $made->$name = $convert($data[$name], $type, $name);
            }
        }
        return $made;
    }
}
