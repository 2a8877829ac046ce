<?php

/**
 * Values on their way: PHP's own types and the contract's.
 *
 * A type is 'string', 'int', 'float', 'bool', 'base64', the class of a structure, or an array that holds the type of its
 * items.
 *
 * @internal
 */

declare(strict_types=1);

namespace NGNPro;

final class Wire
{
    /** What a caller gave, as the type wants it: plain arrays become structures. */
    public static function given(mixed $value, string|array $type, string $name): mixed
    {
        if ($value === null) {
            return null;
        }
        if (is_array($type)) {
            if (!is_array($value) || !array_is_list($value)) {
                throw new \InvalidArgumentException("$name is a list");
            }
            return array_map(static fn ($item) => self::given($item, $type[0], $name), $value);
        }
        if (is_subclass_of($type, Value::class)) {
            return $type::from($value);
        }
        if (!is_scalar($value)) {
            throw new \InvalidArgumentException("$name is one $type");
        }
        return match ($type) {
            'int' => self::number($value, FILTER_VALIDATE_INT, $name),
            'float' => self::number($value, FILTER_VALIDATE_FLOAT, $name),
            'bool' => $value === '' ? null : (bool) $value,
            default => (string) $value,
        };
    }

    /** Forms give text: what is a number is one, what is empty is not set. */
    private static function number(mixed $value, int $filter, string $name): int|float|null
    {
        if ($value === '') {
            return null;
        }
        $number = filter_var($value, $filter, FILTER_NULL_ON_FAILURE);
        return $number ?? throw new \InvalidArgumentException("$name is a number, not $value");
    }

    /** What is handed to ext-soap: an array only for a list, an object only for a structure. */
    public static function write(mixed $value, string|array $type): mixed
    {
        if (is_array($type)) {
            return array_map(static fn ($item) => self::write($item, $type[0]), $value);
        }
        if ($value instanceof Value) {
            return $value->sent();
        }
        return $type === 'base64' ? new \SoapVar($value, XSD_BASE64BINARY) : $value;
    }

    /** What ext-soap made of an answer: null stays null, an empty structure is one without members. */
    public static function read(mixed $value, string|array $type): mixed
    {
        if (is_array($type)) {
            return array_map(static fn ($item) => self::read($item, $type[0]), is_array($value) ? $value : []);
        }
        if ($value === null) {
            return null;
        }
        if (is_subclass_of($type, Value::class)) {
            return $type::answered(is_object($value) ? $value : new \stdClass());
        }
        return match ($type) {
            'int' => (int) $value,
            'float' => (float) $value,
            'bool' => (bool) $value,
            default => (string) $value,
        };
    }
}
