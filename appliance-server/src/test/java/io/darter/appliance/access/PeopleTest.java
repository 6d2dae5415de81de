package io.darter.appliance.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.appliance.TestAppliance;
import io.darter.operator.ApiTokenCreated;
import io.darter.operator.AuditEntry;
import io.darter.operator.AuditQuery;
import io.darter.operator.Grant;
import io.darter.operator.HttpOperatorApi;
import io.darter.operator.NewApiToken;
import io.darter.operator.NewJoinToken;
import io.darter.operator.NewUser;
import io.darter.operator.OperatorApi;
import io.darter.operator.OperatorException;
import io.darter.operator.Page;
import io.darter.operator.PasswordChange;
import io.darter.operator.UserChange;
import io.darter.operator.UserQuery;
import io.darter.operator.UserView;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

/** Users, their tokens and the audit, from outside. */
class PeopleTest {
    private static final String PASSWORD = "correct horse";
    private static final List<Grant> EVERYTHING = List.of(new Grant(Grant.EVERY_CLUSTER, "admin"));
    private static final List<Grant> LOOK = List.of(new Grant("default", "viewer"));

    @TempDir
    static Path folder;

    private static TestAppliance appliance;
    private static HttpOperatorApi admin;

    @BeforeAll
    static void start() throws Exception {
        appliance = new TestAppliance(folder);
        admin = appliance.as("admin", appliance.password);
    }

    @AfterAll
    static void stop() {
        admin.close();
        appliance.close();
    }

    @Test
    void theFirstUserIsAdministratorOfEveryCluster() {
        assertEquals("admin", admin.whoAmI().name());
        assertEquals(EVERYTHING, admin.whoAmI().grants());
    }

    @Test
    void aUserComesIsChangedAndGoes() {
        UserView eve = admin.createUser(new NewUser("eve", PASSWORD, LOOK));
        assertEquals(LOOK, eve.grants());
        assertRefused("USER_EXISTS", () -> admin.createUser(new NewUser("eve", PASSWORD, LOOK)));
        try (HttpOperatorApi asEve = appliance.as("Eve", PASSWORD)) {
            assertEquals("eve", asEve.whoAmI().name());
            assertEquals(1, asEve.clusters().size());
            assertRefused("ACCESS_DENIED", () -> asEve.createJoinToken(new NewJoinToken("", "node", 1, 600)));
            admin.changeUser("eve", new UserChange(List.of(new Grant("default", "admin")), null, null));
            asEve.createJoinToken(new NewJoinToken("", "node", 1, 600));
            assertRefused("ACCESS_DENIED", () -> asEve.users(UserQuery.all()));
            assertTrue(admin.changeUser("eve", new UserChange(null, null, true)).disabled());
            assertRefused("USER_DISABLED", asEve::whoAmI);
            admin.changeUser("eve", new UserChange(null, null, false));
            assertEquals("eve", asEve.whoAmI().name());
            admin.changeUser("eve", new UserChange(null, "another password", null));
            assertRefused("LOGIN_WRONG", asEve::whoAmI);
        }
        assertEquals(1, admin.users(new UserQuery("ev", 0, 10)).total());
        admin.removeUser("eve");
        assertRefused("USER_UNKNOWN", () -> admin.removeUser("eve"));
        assertEquals(0, admin.users(new UserQuery("ev", 0, 10)).total());
    }

    @Test
    void whatCannotBeAUserIsRefusedWithWords() {
        for (String name : List.of("", "Eve", "-eve", "e ve", "é", "x".repeat(65))) {
            assertRefused("REQUEST_INVALID", () -> admin.createUser(new NewUser(name, PASSWORD, LOOK)));
        }
        for (String password : List.of("", "short", "x".repeat(73), "long\0enough")) {
            assertRefused("PASSWORD_UNFIT", () -> admin.createUser(new NewUser("mary", password, LOOK)));
        }
        assertRefused("PASSWORD_UNFIT", () -> admin.createUser(new NewUser("mary.poppins", "Mary.Poppins", LOOK)));
        List<Grant> nowhere = List.of(new Grant("nowhere", "viewer"));
        assertRefused("CLUSTER_UNKNOWN", () -> admin.createUser(new NewUser("mary", PASSWORD, nowhere)));
        List<Grant> king = List.of(new Grant("default", "king"));
        assertRefused("REQUEST_INVALID", () -> admin.createUser(new NewUser("mary", PASSWORD, king)));
        List<Grant> twice = List.of(new Grant("default", "viewer"), new Grant("default", "admin"));
        assertRefused("REQUEST_INVALID", () -> admin.createUser(new NewUser("mary", PASSWORD, twice)));
    }

    @Test
    void theLastAdministratorStays() {
        assertRefused("LAST_ADMIN", () -> admin.removeUser("admin"));
        assertRefused("LAST_ADMIN", () -> admin.changeUser("admin", new UserChange(null, null, true)));
        assertRefused("LAST_ADMIN", () -> admin.changeUser("admin", new UserChange(LOOK, null, null)));
        admin.createUser(new NewUser("sleeping", PASSWORD, EVERYTHING));
        admin.changeUser("sleeping", new UserChange(null, null, true));
        assertRefused("LAST_ADMIN", () -> admin.removeUser("admin"));
        assertEquals(EVERYTHING, admin.whoAmI().grants());
        admin.removeUser("sleeping");
    }

    @Test
    void twoWhoRemoveEachOtherAtOnceDoNotBothGo() {
        admin.createUser(new NewUser("castor", PASSWORD, EVERYTHING));
        try (HttpOperatorApi castor = appliance.as("castor", PASSWORD)) {
            for (int round = 0; round < 5; round++) {
                var demotions = List.of(
                        CompletableFuture.supplyAsync(
                                () -> tried(() -> castor.changeUser("admin", new UserChange(LOOK, null, null)))),
                        CompletableFuture.supplyAsync(
                                () -> tried(() -> admin.changeUser("castor", new UserChange(LOOK, null, null)))));
                assertEquals(
                        1, demotions.stream().filter(CompletableFuture::join).count());
                OperatorApi left = admin.whoAmI().grants().equals(EVERYTHING) ? admin : castor;
                left.changeUser("admin", new UserChange(EVERYTHING, null, null));
                left.changeUser("castor", new UserChange(EVERYTHING, null, null));
            }
        }
        admin.removeUser("castor");
    }

    @Test
    void onesOwnPasswordNeedsTheOneUntilNow() {
        admin.createUser(new NewUser("olga", PASSWORD, LOOK));
        try (HttpOperatorApi olga = appliance.as("olga", PASSWORD);
                HttpOperatorApi later = appliance.as("olga", "a new password")) {
            assertRefused(
                    "PASSWORD_WRONG", () -> olga.changeOwnPassword(new PasswordChange("wrong", "a new password")));
            assertRefused("PASSWORD_UNFIT", () -> olga.changeOwnPassword(new PasswordChange(PASSWORD, "new")));
            olga.changeOwnPassword(new PasswordChange(PASSWORD, "a new password"));
            assertEquals("olga", later.whoAmI().name());
            assertRefused("LOGIN_WRONG", olga::whoAmI);
        }
    }

    @Test
    void aSessionEndsWithItsPasswordItsUserAndItsRights() {
        admin.createUser(new NewUser("sid", PASSWORD, LOOK));
        OperatorApi api = appliance.context.getBean(OperatorApi.class);
        OperatorApi asSid = session("sid", api);
        assertEquals(asSid, session("sid", api), "one login is fetched for once");
        assertFalse(asSid.equals(api));
        assertEquals(1, asSid.clusters().size());
        admin.changeUser("sid", new UserChange(List.of(), null, null));
        assertRefused("ACCESS_DENIED", asSid::clusters);
        admin.changeUser("sid", new UserChange(LOOK, PASSWORD + "!", null));
        assertRefused("LOGIN_ENDED", asSid::clusters);
        admin.removeUser("sid");
        admin.createUser(new NewUser("sid", PASSWORD, EVERYTHING));
        assertRefused("LOGIN_ENDED", asSid::clusters);
        assertRefused("LOGIN_NEEDED", api::clusters);
        admin.removeUser("sid");
    }

    private static OperatorApi session(String user, OperatorApi api) {
        var typed = UsernamePasswordAuthenticationToken.unauthenticated(user, PASSWORD);
        SecurityContextHolder.getContext()
                .setAuthentication(
                        appliance.context.getBean(AuthenticationProvider.class).authenticate(typed));
        try {
            return api.asCaller();
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    @Test
    void aTokenMayWhatBothItAndItsMakerMay() {
        admin.createUser(new NewUser("tom", PASSWORD, List.of(new Grant("default", "admin"))));
        try (HttpOperatorApi tom = appliance.as("tom", PASSWORD)) {
            assertRefused("TOKEN_EXCEEDS_MAKER", () -> tom.createApiToken(new NewApiToken("x", EVERYTHING, 600)));
            assertRefused("REQUEST_INVALID", () -> tom.createApiToken(new NewApiToken("x", List.of(), 600)));
            assertRefused("REQUEST_INVALID", () -> tom.createApiToken(new NewApiToken("", LOOK, 600)));
            assertRefused("REQUEST_INVALID", () -> tom.createApiToken(new NewApiToken("x", LOOK, 59)));
            assertRefused("REQUEST_INVALID", () -> tom.createApiToken(new NewApiToken("x", LOOK, 367L * 86_400)));
            NewApiToken wish = new NewApiToken("for CI", List.of(new Grant("default", "admin")), 366L * 86_400);
            ApiTokenCreated created = tom.createApiToken(wish);
            assertNull(tom.apiTokens().getFirst().lastUsedAt());
            try (HttpOperatorApi program = appliance.with(created.token())) {
                assertEquals("tom", program.whoAmI().name());
                assertEquals(created.view().id(), program.whoAmI().token());
                program.createJoinToken(new NewJoinToken("", "node", 1, 600));
                Instant used = tom.apiTokens().getFirst().lastUsedAt();
                assertNotNull(used);
                program.whoAmI();
                assertEquals(used, tom.apiTokens().getFirst().lastUsedAt(), "noted once a minute");
                assertRefused("TOKEN_NOT_ENOUGH", () -> program.createApiToken(wish));
                admin.changeUser("tom", new UserChange(LOOK, null, null));
                assertEquals(LOOK, program.whoAmI().grants());
                assertRefused("ACCESS_DENIED", () -> program.createJoinToken(new NewJoinToken("", "node", 1, 600)));
                admin.changeUser(
                        "tom", new UserChange(List.of(new Grant("default", "operator")), "other password", null));
                assertEquals("operator", program.whoAmI().grants().getFirst().role(), "a token outlives a password");
                program.revokeApiToken(created.view().id());
                assertRefused("API_TOKEN_REVOKED", program::whoAmI);
            }
        }
        admin.removeUser("tom");
        assertEquals(
                0,
                appliance
                        .sql()
                        .sql("SELECT COUNT(*) FROM api_tokens WHERE user_name = 'tom'")
                        .query(Long.class)
                        .single());
    }

    @Test
    void tokensOfOthersAreNotThere() {
        ApiTokenCreated mine = admin.createApiToken(new NewApiToken("mine", LOOK, 600));
        admin.createUser(new NewUser("nosy", PASSWORD, EVERYTHING));
        try (HttpOperatorApi nosy = appliance.as("nosy", PASSWORD)) {
            assertEquals(List.of(), nosy.apiTokens());
            assertRefused(
                    "API_TOKEN_UNKNOWN", () -> nosy.revokeApiToken(mine.view().id()));
        }
        admin.removeUser("nosy");
        try (HttpOperatorApi program = appliance.with(mine.token())) {
            assertEquals("admin", program.whoAmI().name());
        }
    }

    @Test
    void everyChangeIsInTheAudit() {
        Instant before = Instant.now().minusSeconds(1);
        admin.createUser(new NewUser("ada", PASSWORD, LOOK));
        admin.changeUser("ada", new UserChange(List.of(), "better password", null));
        admin.removeUser("ada");
        Page<AuditEntry> page = admin.audit(new AuditQuery("", "", "ada", before, null, 0, 10));
        assertEquals(
                List.of("user.remove", "user.password", "user.change", "user.create"),
                page.items().stream().map(AuditEntry::action).toList());
        AuditEntry change = page.items().get(2);
        assertEquals("admin", change.user());
        assertEquals("127.0.0.1", change.address());
        assertEquals(
                List.of(Map.of("cluster", "default", "role", "viewer")),
                assertThere(change.before()).get("grants"));
        assertEquals(List.of(), assertThere(change.after()).get("grants"));
        assertNull(page.items().getFirst().after());
        AuditQuery second = new AuditQuery("admin", "user", "ada", before, null, 1, 1);
        assertEquals("user.password", admin.audit(second).items().getFirst().action());
        assertEquals(4, admin.audit(second).total());
        assertEquals(
                0,
                admin.audit(new AuditQuery("nobody", "", "ada", null, null, 0, 10))
                        .total());
        assertEquals(
                0,
                admin.audit(new AuditQuery("", "", "ada", null, before, 0, 10)).total());
        String token = admin.createJoinToken(new NewJoinToken("", "seed", 3, 600))
                .view()
                .id();
        admin.revokeJoinToken(token);
        AuditEntry revoked = admin.audit(new AuditQuery("", "join-token", token, null, null, 0, 10))
                .items()
                .getFirst();
        assertEquals("default", revoked.cluster());
        assertEquals(true, assertThere(revoked.before()).get("usable"));
        assertEquals(false, assertThere(revoked.after()).get("usable"));
    }

    @Test
    void aRefusedChangeIsNotInTheAudit() {
        long before = admin.audit(AuditQuery.all()).total();
        assertRefused("LAST_ADMIN", () -> admin.removeUser("admin"));
        assertRefused("USER_UNKNOWN", () -> admin.removeUser("u-none"));
        assertEquals(before, admin.audit(AuditQuery.all()).total());
    }

    @Test
    void whoIsPausedIsToldForHowLong() {
        HttpResponse<String> answer = appliance.send("GET", "/api/v1/me", "", TestAppliance.basic("trudy", "guess"));
        for (int i = 0; i < 5 && answer.statusCode() == 401; i++) {
            answer = appliance.send("GET", "/api/v1/me", "", TestAppliance.basic("TRUDY", "guess"));
        }
        assertEquals(429, answer.statusCode());
        long seconds = Long.parseLong(answer.headers().firstValue("Retry-After").orElse(""));
        assertTrue(seconds > 30 && seconds <= 60, "seconds: " + seconds);
    }

    private static <T> T assertThere(@Nullable T value) {
        return Objects.requireNonNull(value);
    }

    private static boolean tried(Runnable change) {
        try {
            change.run();
            return true;
        } catch (OperatorException e) {
            assertTrue(
                    List.of("ACCESS_DENIED", "LAST_ADMIN").contains(e.problem().code()), e.problem()::text);
            return false;
        }
    }

    private static void assertRefused(String code, Runnable call) {
        OperatorException refusal = assertThrows(OperatorException.class, call::run);
        assertEquals(code, refusal.problem().code(), refusal.problem()::text);
    }
}
