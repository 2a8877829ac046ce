<?php

/**
 * What all ports have in common: where the server is, who calls, how a call is made.
 *
 * ext-soap is used without a WSDL: nothing is fetched, nothing is cached, and a new server's additions break nothing.
 */

declare(strict_types=1);

namespace NGNPro;

abstract class Port
{
    protected const NAMESPACE = '';
    protected const AUTHENTICATED = true;

    private \SoapClient $client;

    /** @param array<string, mixed> $options of SoapClient, such as connection_timeout or stream_context */
    public function __construct(
        public readonly string $url = 'http://127.0.0.1:9200/',
        public ?Auth $auth = null,
        array $options = [],
    ) {
        $this->client = new \SoapClient(null, $options + [
            'location' => $url,
            'uri' => static::NAMESPACE,
            'exceptions' => true,
            'connection_timeout' => 10,
            'keep_alive' => true,
        ]);
    }

    /** The same port, acting as a customer; null for as oneself. */
    public function actingAs(?int $customer): static
    {
        $other = clone $this;
        $other->auth = $this->auth?->actingAs($customer);
        return $other;
    }

    /**
     * @param array<string, array{string|array, mixed}> $parameters type and value by name
     */
    protected function call(string $operation, array $parameters, string|array|null $result = null): mixed
    {
        $sent = [];
        foreach ($parameters as $name => [$type, $value]) {
            $value = Wire::given($value, $type, $name);
            $sent[] = new \SoapParam($value === null ? null : Wire::write($value, $type), $name);
        }
        $headers = static::AUTHENTICATED && $this->auth !== null ? [$this->auth->header()] : [];
        try {
            $answer = $this->client->__soapCall($operation, $sent, null, $headers);
        } catch (\SoapFault $raised) {
            throw Fault::of($raised);
        }
        return $result === null ? null : Wire::read($answer, $result);
    }
}
