package io.darter.appliance.operator;

import io.darter.operator.Problem;
import io.darter.operator.Rule;
import io.darter.operator.Rule.Need;
import io.darter.operator.Rule.Where;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the OpenAPI document says beyond paths and records: who may call an operation ({@link #RULE}), how to log in, and
 * the one shape of errors. An endpoint without a rule has none in the document either, which fails the build.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiDocument {
    static final String RULE = "x-darter-rule";

    private static final String PROBLEM = "#/components/schemas/Problem";

    @Bean
    OpenAPI openApi() {
        Components components = new Components()
                .addSecuritySchemes(
                        "password",
                        new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("basic"))
                .addSecuritySchemes(
                        "token",
                        new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"));
        ModelConverters.getInstance(true).read(Problem.class).forEach(components::addSchemas);
        return new OpenAPI()
                .info(new Info()
                        .title("Darter")
                        .version("v1")
                        .description("Everything an operator can see and do.")
                        .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .servers(List.of(new Server().url("/")))
                .components(components);
    }

    /** Operations are sorted by what they are about, which paths say after the version. */
    @Bean
    OpenApiCustomizer tags() {
        return document -> document.getPaths().forEach((path, operations) -> {
            String[] words = path.split("/");
            List<String> tag = List.of(words.length > 3 ? words[3] : words[1]);
            operations.readOperations().forEach(operation -> operation.setTags(tag));
        });
    }

    @Bean
    GlobalOperationCustomizer rules() {
        return (operation, handler) -> {
            Rules.of(handler.getMethod()).ifPresent(rule -> describe(operation, rule));
            return operation.operationId(handler.getMethod().getName());
        };
    }

    private static void describe(Operation operation, Rule rule) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("need", word(rule.value()));
        words.put("in", word(rule.in()));
        words.put("withPassword", rule.withPassword());
        operation.addExtension(RULE, words);
        problem(operation, "400", "The request cannot be used");
        if (rule.value() == Need.PUBLIC) {
            operation.security(List.of());
            return;
        }
        operation.addSecurityItem(new SecurityRequirement().addList("password"));
        if (!rule.withPassword()) {
            operation.addSecurityItem(new SecurityRequirement().addList("token"));
        }
        problem(operation, "401", "Nobody is logged in, or not any more");
        problem(operation, "429", "Too many wrong passwords; Retry-After says how long");
        if (rule.value() != Need.AUTHENTICATED || rule.withPassword()) {
            problem(operation, "403", "This login may not do that");
        }
        if (rule.in() != Where.NOWHERE && rule.in() != Where.SOME_CLUSTER && rule.in() != Where.EVERY_CLUSTER) {
            problem(operation, "404", "There is no such thing");
        }
    }

    private static void problem(Operation operation, String status, String words) {
        operation
                .getResponses()
                .addApiResponse(
                        status,
                        new ApiResponse()
                                .description(words)
                                .content(new Content()
                                        .addMediaType(
                                                "application/problem+json",
                                                new MediaType().schema(new Schema<>().$ref(PROBLEM)))));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
