/* getpwent, getpwnam, getpwuid */
#include <pwd.h>
#include <string.h>
#include "database.h"

static struct database base = {.path = "/etc/passwd"};

struct passwd *getpwent(void)
{
    static struct passwd user;
    char *field[7];
    while (__database_next(&base, field, 7)) {
        user = (struct passwd){field[0], field[1], 0, 0, field[4], field[5], field[6]};
        if (__database_id(field[2], &user.pw_uid) && __database_id(field[3], &user.pw_gid))
            return &user;
    }
    return NULL;
}

void setpwent(void)
{
    __database_rewind(&base);
}

void endpwent(void)
{
    __database_rewind(&base);
}

struct passwd *getpwnam(const char *name)
{
    struct passwd *user;
    setpwent();
    while ((user = getpwent()) != NULL && strcmp(user->pw_name, name) != 0)
        continue;
    endpwent();
    return user;
}

struct passwd *getpwuid(uid_t uid)
{
    struct passwd *user;
    setpwent();
    while ((user = getpwent()) != NULL && user->pw_uid != uid)
        continue;
    endpwent();
    return user;
}
