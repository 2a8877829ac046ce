<?php

/**
 * The client without Composer: `require 'clients/php/ngnpro.php';`
 */

declare(strict_types=1);

foreach (['Value', 'Wire', 'Auth', 'Fault', 'ConnectionFailed', 'Port', 'types', 'faults', 'ports', 'names'] as $file) {
    require_once __DIR__ . "/src/$file.php";
}
