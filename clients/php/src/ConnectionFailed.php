<?php

/**
 * No answer of the contract came: nobody listens, the connection broke, or something else than this server answered.
 */

declare(strict_types=1);

namespace NGNPro;

final class ConnectionFailed extends \RuntimeException
{
}
