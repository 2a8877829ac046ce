<?php

/**
 * A refused call. getCode() is the contract's number, getMessage() its sentence; NGNPro\Fault\SipAccountExists and its
 * siblings are the codes one by one.
 */

declare(strict_types=1);

namespace NGNPro;

class Fault extends \RuntimeException
{
    /** @internal The exception for what ext-soap raised: a refusal of the contract, or a call that was not answered. */
    public static function of(\SoapFault $raised): \RuntimeException
    {
        $exception = $raised->detail->exception ?? null;
        if (!is_object($exception) || !isset($exception->errorcode)) {
            return new ConnectionFailed($raised->getMessage(), 0, $raised);
        }
        $code = (int) $exception->errorcode;
        $class = Fault\Codes::CLASSES[$code] ?? self::class;
        return new $class((string) ($exception->errorstring ?? $raised->getMessage()), $code, $raised);
    }
}
